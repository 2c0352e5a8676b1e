"""Checks a value against the part of JSON Schema that docs/schema/finding.schema.json uses; an unknown word is an error."""
import re

KINDS = {'object': dict, 'array': list, 'string': str, 'null': type(None), 'boolean': bool}
NOTES = {'$schema', 'title', 'description', '$defs', 'required', 'properties', 'additionalProperties'}


def is_a(value, kind):
    if kind in ('integer', 'number'):
        return isinstance(value, (int,) if kind == 'integer' else (int, float)) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind])


def of_object(schema, value, root, at):
    wrong = [f'{at}: "{name}" is missing' for name in schema.get('required', []) if name not in value]
    for name, inner in value.items():
        if name in schema.get('properties', {}):
            wrong += problems(schema['properties'][name], inner, root, f'{at}.{name}')
        elif schema.get('additionalProperties', True) is False:
            wrong.append(f'{at}: "{name}" is not in the schema')
    return wrong


def problems(schema, value, root=None, at='$'):
    """What is wrong with `value`, as lines; none when it is valid."""
    root = schema if root is None else root
    wrong = of_object(schema, value, root, at) if isinstance(value, dict) else []
    for word, arg in schema.items():
        bad = False
        if word == '$ref':
            wrong += problems(root['$defs'][arg.rsplit('/', 1)[1]], value, root, at)
        elif word == 'anyOf':
            bad = all(problems(s, value, root, at) for s in arg)
        elif word == 'type':
            bad = not any(is_a(value, kind) for kind in ([arg] if isinstance(arg, str) else arg))
        elif word == 'enum':
            bad = value not in arg
        elif word in ('minimum', 'maximum'):
            bad = is_a(value, 'number') and (value < arg if word == 'minimum' else value > arg)
        elif word == 'minLength':
            bad = isinstance(value, str) and len(value) < arg
        elif word == 'pattern':
            bad = isinstance(value, str) and re.search(arg, value) is None
        elif word == 'items':
            if isinstance(value, list):
                for i, inner in enumerate(value):
                    wrong += problems(arg, inner, root, f'{at}[{i}]')
        elif word not in NOTES:
            raise ValueError(f'schema word {word} is not known here')
        if bad:
            wrong.append(f'{at}: {value!r} against {word} {arg!r}')
    return wrong
