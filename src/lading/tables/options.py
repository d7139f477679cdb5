"""The options of `lading check`: parameter, takes a value, may be repeated, choices. Generated from lading.cli.app by scripts/generate.py."""

from __future__ import annotations

OPTIONS: dict[str, tuple[str, bool, bool, tuple[str, ...]]] = {'--format': ('format', True, False, ('text', 'concise', 'json', 'sarif')),
 '--output': ('output', True, True, ()),
 '--fail-on': ('fail_on', True, False, ('error', 'warning', 'note')),
 '--config': ('config', True, False, ()),
 '--root': ('root', True, False, ()),
 '--select': ('select', True, True, ()),
 '--ignore': ('ignore', True, True, ()),
 '--strict': ('strict', False, False, ()),
 '--stdin-filename': ('stdin_filename', True, False, ()),
 '--owner': ('owner', True, False, ()),
 '--repo': ('repo', True, False, ()),
 '--default-token': ('default_token', True, False, ('restricted', 'permissive', 'unknown')),
 '--color': ('color', True, False, ('auto', 'always', 'never')),
 '--repositories': ('repositories', True, False, ())}

DEFAULTS: dict[str, object] = {'format': 'text',
 'output': (),
 'fail_on': 'error',
 'config': None,
 'root': None,
 'select': (),
 'ignore': (),
 'strict': False,
 'stdin_filename': None,
 'owner': None,
 'repo': None,
 'default_token': None,
 'color': 'auto',
 'repositories': None}
