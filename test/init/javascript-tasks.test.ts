import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { derived, init, json, library, noticesOf, workspace } from './support.ts';

it('turbo.json adds what tasks of one package await of another', async () => {
  const graph = await derived({
    'package.json': workspace('*'),
    'turbo.json': '{ "tasks": { "web#build": { "dependsOn": ["^build", "api#schema"] } } }',
    'web/package.json': library('web'),
    'api/package.json': library('api'),
    'docs/package.json': library('docs'),
    'docs/turbo.json': json({ extends: ['//'], tasks: { build: { dependsOn: ['web#build'] } } }),
  });
  expect(graph).toEqual({ '.': [], api: [], docs: ['web'], web: ['api'] });
});

it('a task of all packages in turbo.json that awaits one of another counts for those that have it', async () => {
  const graph = await derived({
    'package.json': workspace('*'),
    'turbo.json': json({
      tasks: { lint: { dependsOn: ['conf#build'] }, '//#check': { dependsOn: ['web#build'] } },
    }),
    'conf/package.json': library('conf', { scripts: { build: 'x', lint: 'x' } }),
    'web/package.json': library('web', { scripts: { lint: 'x' } }),
    'docs/package.json': library('docs', { scripts: { build: 'x' } }),
  });
  expect(graph).toEqual({ '.': ['web'], conf: [], docs: [], web: ['conf'] });
});

describe('Nx', () => {
  it('projects may be declared in package.json', async () => {
    const graph = await derived({
      'package.json': workspace('*'),
      'nx.json': '{}',
      'a/package.json': library('@s/a', {
        scripts: { 'c:build': 'x' },
        nx: {
          implicitDependencies: ['b'],
          targets: { build: { dependsOn: ['^build', 'c:build', 'd:build'] } },
        },
      }),
      'b/package.json': library('@s/b', { nx: { name: 'b' } }),
      'c/package.json': library('c'),
      'd/package.json': library('d'),
    });
    expect(graph).toEqual({ '.': [], a: ['b', 'd'], b: [], c: [], d: [] });
  });

  it('targets await those of other projects, also where nx.json says so for all', async () => {
    const graph = await derived({
      'nx.json': json({ targetDefaults: { lint: { dependsOn: ['c:build'] } } }),
      'a/project.json': json({
        name: 'a',
        targets: { build: { dependsOn: ['b:build', 'build:css', 'self:x'] }, 'build:css': {}, lint: {} },
      }),
      'b/project.json': json({ name: 'b', targets: { lint: { dependsOn: [] } } }),
      'build/project.json': json({ name: 'build' }),
      'c/project.json': json({ name: 'c' }),
    });
    expect(graph).toEqual({ '.': [], a: ['b', 'c'], b: [], build: [], c: [] });
  });

  it.each([
    [['feat-*'], ['feat-x', 'feat-y']],
    [['*', '!feat-*'], ['other']],
    [
      ['feat-*', '!feat-y', 'other'],
      ['feat-x', 'other'],
    ],
    [['!feat-x'], []],
    [['no-*', `${'*a'.repeat(30)}`], []],
  ])('projects are named by patterns: %j', async (implicitDependencies, expected) => {
    const graph = await derived({
      'nx.json': '{}',
      'a/project.json': json({ name: 'a', implicitDependencies }),
      'feat-x/project.json': json({ name: 'feat-x' }),
      'feat-y/project.json': json({ name: 'feat-y' }),
      'other/project.json': json({ name: 'other' }),
      'jobs/go.mod': 'module example.com/jobs\n',
      'jobs/main.go': 'package main\n',
    });
    expect(graph['a']).toEqual(expected);
  });

  it('configuration that is broken is named', async () => {
    const root = makeRepository({ 'nx.json': '{ "x": ', 'a/project.json': json({ name: 'a' }) });
    const plan = await init(root);
    expect(noticesOf(plan)).toEqual(['MANIFEST_BROKEN nx.json:1:8']);
    expect(plan.scopes.map(({ path }) => path)).toEqual(['.', 'a']);
  });
});
