/** Repositories as Rhema has left them. */
import type { Files } from '../../src/repository/testing/fixture.ts';

export const flat = `# Ours.
name: shop
scope_type: application
version: 1.0.0   # kept
dependencies: null
custom_key: [1,  2]
`;
const nested = `rhema:
  version: "1.0.0"
  scope:
    type: "service"   # of five
    name: "users"
    dependencies: { parent: null, children: [ ], peers: [] }
`;
export const context: Files = {
  'knowledge.yaml': 'entries: []\n',
  '.rhema/todos.yaml':
    'todos:\n- id: a\n  title: A\n  status: pending\n  priority: low\n  created_at: 2025-08-01T10:00:00Z\n',
  'README.md': 'x\n',
};

/** The file of the top and its text, in the shapes in which Rhema has written it. */
export const rhemaShapes: readonly (readonly [title: string, file: string, text: string])[] = [
  ['a flat file in .rhema', '.rhema/rhema.yaml', flat],
  ['a flat file at the top', 'rhema.yaml', flat],
  ['the nested shape', '.rhema/rhema.yaml', nested],
  ['scope.yaml in .rhema', '.rhema/scope.yaml', flat],
  ['type in place of scope_type', 'scope.yaml', 'name: shop\ntype: app\nmetadata: { a: b }\n'],
  ['lines that end in CRLF', 'rhema.yaml', flat.replaceAll('\n', '\r\n')],
  ['a byte order mark', '.rhema/rhema.yaml', `\uFEFF${flat}`],
  ['no line end at its end', '.rhema/rhema.yaml', flat.trimEnd()],
  ['CRLF, a mark and no line end', '.rhema/rhema.yaml', `\uFEFF${flat.replaceAll('\n', '\r\n').trimEnd()}`],
  ['remarks at its end', 'rhema.yaml', `${flat}\n# The end.\n\n`],
  [
    'a list of packages',
    '.rhema/rhema.yaml',
    'name: l\ntype: x\ndependencies:\n- name: tokio\n  version: "1"\n',
  ],
  ['braces', 'rhema.yaml', '{ "name": "shop", "scope_type": "app" }\n'],
];
