import { Builder, middle, numbered, type Model } from './model.ts';

/** Services that are described by files of Rhema's own, in the folders and the shape in which it reads them. No one repository is meant. */
export function ownFiles(): Model {
  const files = new Builder();
  const services: Readonly<Record<string, readonly string[]>> = {
    api: ['store', 'auth'],
    auth: ['store'],
    store: [],
    web: ['api'],
  };
  files.add(
    '.rhema/rhema.yaml',
    'name: shop\nscope_type: application\ndescription: A shop\nversion: 1.0.0\nschema_version: 1.0.0\ndependencies: null\n',
  );
  files.add('.rhema/knowledge.yaml', 'entries: []\n');
  files.json('package.json', { name: 'shop', private: true, workspaces: ['services/*'] });
  files.json('package-lock.json', { lockfileVersion: 3 });
  for (const [name, needed] of Object.entries(services)) {
    const folder = `services/${name}`;
    const entries = needed.map((one) => `  - path: ../${one}\n    dependency_type: required\n`).join('');
    files.add(
      `${folder}/.rhema/rhema.yaml`,
      `name: ${name}\nscope_type: service\nversion: 1.0.0\ndependencies:${entries === '' ? ' ~\n' : `\n${entries}`}`,
    );
    files.add(`${folder}/.rhema/todos.yaml`, 'todos: {}\n');
    files.json(`${folder}/package.json`, { name, version: '1.0.0', private: true, main: 'src/part1.js' });
    files.area(
      Object.fromEntries(numbered(16, (index) => [`${folder}/src/part${index + 1}.js`, ''] as const)),
      (path) => path.replace('/src/', '/test/'),
    );
  }
  return files.model({
    name: 'own-files',
    measured: middle,
    shared: { 'services/api/.rhema/todos.yaml': 8, 'services/api/src/part1.js': 8 },
    recorded: { 'package-lock.json': 15 },
  });
}
