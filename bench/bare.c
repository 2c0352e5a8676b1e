/* SPDX-License-Identifier: Apache-2.0 */
/* bare.c -- the floor of every measurement: a libpcap loop that only counts the packets of a file. */
#include <stdio.h>
#include <sysexits.h>

#include <pcap/pcap.h>

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *octets;
	unsigned long long packets = 0, sum = 0;
	pcap_t *p;

	if (argc != 2) {
		fputs("usage: bench-bare FILE\n", stderr);
		return EX_USAGE;
	}
	p = pcap_open_offline(argv[1], why);
	if (p == NULL) {
		fprintf(stderr, "bench-bare: %s\n", why);
		return 1;
	}
	while (pcap_next_ex(p, &head, &octets) == 1) {
		packets++;
		sum += head->len;
	}
	pcap_close(p);
	return printf("%llu packets, %llu octets\n", packets, sum) < 0;
}
