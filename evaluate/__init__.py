"""Measures deflux and the published methods on the lab's worlds and on recorded traffic; see __main__.py."""
