"""The folders and what each may include, from the one list: `layers` in src/meson.build."""
import ast
import re

from tap import read


def layers():
    """{folder: [folders it may use]} in the order of the list."""
    text = re.search(r'^layers = \{\n(.*?)^\}', read('src/meson.build'), re.S | re.M).group(1)
    table = {}
    for name, uses in re.findall(r"^\s*'(\w+)':\s*\[\s*(\[[^\]]*\])", text, re.M):
        table[name] = ast.literal_eval(uses)
    return table


def listed(folder, what):
    """The names in FOLDER_what of the folder's meson.build: what is src, tests or fuzz."""
    text = read(f'src/{folder}/meson.build')
    found = re.search(rf'^{folder}_{what}\s*=\s*(?:files\(|\[)(.*?)[)\]]', text, re.S | re.M)
    return re.findall(r"'([^']+)'", found.group(1)) if found else []
