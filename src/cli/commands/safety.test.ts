import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type OpenViolation } from '../../core/index.ts';
import type { Result, ScopeDefinition } from '../../core/index.ts';
import type { HealthAnswer } from '../../protocol/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { treeWith } from '../testing/context-tree.ts';
import type { HarnessOptions } from '../testing/harness.ts';
import { Harness, startMs, withoutClock } from '../testing/harness.ts';
import { entry } from '../testing/entries.ts';
import { agentId, emptyScan, scopePath, statusAnswer, yamlProblem as error } from '../testing/samples.ts';
import type { Inspection, OpenLog, Scan, StateFiles } from '../world/world.ts';

const emptyLog: OpenLog = {
  bounds: { first: asRevision(1), last: asRevision(0) },
  base: null,
  records: (async function* () {})(),
  close: () => undefined,
};

const nobody = new FakeCoordinator({});
const harnessOf = (over: Partial<HarnessOptions>): Harness => new Harness({ coordinator: nobody, ...over });

const definition = (path: string, ...dependencies: readonly string[]): ScopeDefinition => ({
  path: scopePath(path),
  name: path,
  type: 'library',
  dependencies: dependencies.map(scopePath),
});
const scanOf = (over: Partial<Scan>): Partial<Inspection> => ({
  scan: async () => ({ ...emptyScan, ...over }),
});

describe('safety validate', () => {
  it('finds a sound tree sound, without a coordinator', async () => {
    const inspection = scanOf({ definitions: [definition('a', 'b'), definition('b')] });
    const { code, stdout } = await harnessOf({ inspection }).run('safety', 'validate');
    expect([code, stdout]).toEqual([0, '2 scopes, sound\n']);
  });

  it('ends with 3 for a broken file, and says where', async () => {
    const { code, stderr } = await harnessOf({ inspection: scanOf({ problems: [error] }) }).run(
      'safety',
      'validate',
    );
    expect(code).toBe(3);
    expect(stderr).toContain(
      'the working tree is unsound: 1 error (UNSOUND)\n  api/rhema.yaml:4:9: error: a tab',
    );
  });

  it('counts what only follows from a broken file by itself', async () => {
    const following = { ...error, code: 'BROKEN_DEPENDENCY', file: 'web/rhema.yaml' };
    const inspection = scanOf({ problems: [error, following, following] });
    expect((await harnessOf({ inspection }).run('safety', 'validate')).stderr).toContain(
      'the working tree is unsound: 1 error, and 2 dependencies on what is broken (UNSOUND)',
    );
  });

  it('ends with 3 for a cycle, and shows it', async () => {
    const inspection = scanOf({ definitions: [definition('a', 'b'), definition('b', 'a')] });
    const { code, body } = await harnessOf({ inspection }).json('safety', 'validate');
    expect(code).toBe(3);
    expect(body).toMatchObject({ code: 'UNSOUND', details: { problems: [{ code: 'DEPENDENCY_CYCLE' }] } });
  });

  it('looks at context files, and at what they refer to', async () => {
    const inspection = treeWith(['a'], {
      'a/.rhema/todos.yaml': 'todos:\n  - id: t\n    title: x\n    status: pending\n    priority: nonsense\n',
      'a/.rhema/knowledge.yaml': 'entries: [',
    });
    const { code, body } = await harnessOf({ inspection }).json('safety', 'validate');
    expect(code).toBe(3);
    expect(body).toMatchObject({ details: { scopes: 1, contextFiles: 2 } });
    expect(findingsIn(body)).toContainEqual(
      expect.objectContaining({
        type: 'ContextConsistency',
        rule: 'YAML_SYNTAX',
        file: 'a/.rhema/knowledge.yaml',
      }),
    );
    expect(findingsIn(body)).toContainEqual(
      expect.objectContaining({ rule: 'PRIORITY_UNKNOWN', file: 'a/.rhema/todos.yaml', line: 5 }),
    );
  });

  it('lets a warning pass, and tells it', async () => {
    const inspection = scanOf({ problems: [{ ...error, severity: 'warning' }] });
    const { code, stdout } = await harnessOf({ inspection }).run('safety', 'validate');
    expect([code, stdout]).toEqual([
      0,
      '0 scopes, sound\napi/rhema.yaml:4:9: warning: a tab (YAML_SYNTAX)\n',
    ]);
  });
});

describe('safety check and violations', () => {
  const violation = { invariant: 'LockConsistency', subject: 'a', evidence: 'two holders' };

  it.each([
    [[], 0],
    [[violation], 3],
  ])('with %j check ends with %i', async (violations, code) => {
    const answer = { revision: asRevision(7), checked: ['LockConsistency'], violations };
    const scopes = { revision: asRevision(7), scopes: [], problems: [] };
    const coordinator = new FakeCoordinator({
      answers: {
        violations: () => answer,
        scopes: () => scopes,
        openViolations: () => ({ revision: asRevision(7), nowMs: asTimeMs(startMs), open: [] }),
      },
    });
    expect((await harnessOf({ coordinator }).run('safety', 'check', '--no-log')).code).toBe(code);
  });

  it('tells that the log leads to another state than the coordinator has', async () => {
    const answer = {
      revision: asRevision(0),
      checked: ['LockConsistency'],
      violations: [],
      stateDigest: 'other',
    };
    const scopes = { revision: asRevision(0), scopes: [], problems: [] };
    const coordinator = new FakeCoordinator({
      answers: {
        violations: () => answer,
        scopes: () => scopes,
        openViolations: () => ({ revision: asRevision(7), nowMs: asTimeMs(startMs), open: [] }),
      },
    });
    const stateFiles = { database: 'coordination.db', databaseExists: true } as StateFiles;
    const harness = harnessOf({
      coordinator,
      inspection: { stateFiles: async () => stateFiles },
      logs: { open: async () => emptyLog },
    });
    const { code, body } = await harness.json('safety', 'check');
    expect(code).toBe(3);
    expect(findingsIn(body)).toMatchObject([
      { type: 'LockConsistency', rule: 'STATE_DIFFERS_FROM_LOG', subject: 'revision 0' },
    ]);
  });

  const server = 'https://build.example.org';

  /** The log of this clone leads to another state than the server's, and a file of the clone was removed. */
  function clone(over: Partial<HarnessOptions> = {}): { harness: Harness; coordinator: FakeCoordinator } {
    const kept = { revision: asRevision(7), nowMs: asTimeMs(startMs) };
    const ofLog = { type: 'LockConsistency', rule: 'STATE_DIFFERS_FROM_LOG', subject: 'revision 3' } as const;
    const evidence = { evidence: 'e', remedy: 'r', holder: null, sinceMs: asTimeMs(startMs) };
    const coordinator = new FakeCoordinator({
      submit: () => ({ kind: 'violationReported' }) as unknown as Result,
      answers: {
        violations: () => ({
          revision: asRevision(0),
          checked: ['LockConsistency'],
          violations: [violation],
          stateDigest: 'other',
        }),
        scopes: () => ({ revision: asRevision(0), scopes: [], problems: [] }),
        openViolations: () => ({
          ...kept,
          open: [{ ...ofLog, ...evidence, revision: asRevision(5) }],
        }),
      },
    });
    const stateFiles = { database: 'coordination.db', databaseExists: true } as StateFiles;
    const inspection = { ...scanOf({ problems: [error] }), stateFiles: async () => stateFiles };
    const logs = { open: async () => emptyLog };
    const env = { RHEMA_SERVER: server };
    return { harness: harnessOf({ coordinator, inspection, logs, env, ...over }), coordinator };
  }

  it('check of a server leaves the log of this clone alone, says so, and keeps what the server can know', async () => {
    const { harness, coordinator } = clone();
    const { code, stderr } = await harness.run('safety', 'check');
    expect(code).toBe(3);
    expect(stderr).not.toContain('STATE_DIFFERS_FROM_LOG');
    expect(stderr).toContain(
      `the log of ${server} was not replayed: rhema safety check on its machine does that\n`,
    );
    expect(coordinator.commands).toMatchObject([{ kind: 'ReportViolation', rule: 'LockConsistency' }]);
  });

  it('validate of a clone puts nothing into the log of a server', async () => {
    const { harness, coordinator } = clone({ owner: { health: async () => ({}) as HealthAnswer } });
    expect((await harness.run('safety', 'validate')).code).toBe(3);
    expect(coordinator.commands).toEqual([]);
  });

  const began = {
    type: 'ContextConsistency',
    rule: 'CONTEXT_FILE_BROKEN',
    subject: 'api/f.yaml',
    holder: agentId('alice'),
  } as const;
  const open: OpenViolation = {
    ...began,
    evidence: 'is empty',
    remedy: 'restore it',
    sinceMs: asTimeMs(startMs - 60_000),
    revision: asRevision(5),
  };
  const answers = {
    status: () => statusAnswer({ violations: [violation], scopeProblems: [error] }),
    openViolations: () => ({ revision: asRevision(7), nowMs: asTimeMs(startMs), open: [open] }),
  };

  it('violations lists those that are open, those of the state and of the files', async () => {
    const harness = harnessOf({ coordinator: new FakeCoordinator({ answers }) });
    const { code, stdout } = await harness.run('safety', 'violations');
    expect([code, withoutClock(stdout)]).toEqual([
      0,
      [
        'CONTEXT_FILE_BROKEN (ContextConsistency) on api/f.yaml since hh:mm:ss (1 min), held by alice then',
        '  is empty',
        '  remedy: restore it',
        'LockConsistency on a: two holders',
        'api/rhema.yaml:4:9: error: a tab (YAML_SYNTAX)',
        '',
      ].join('\n'),
    ]);
  });

  it('violations --past tells also how one ended', async () => {
    const ended = { kind: 'violation.ended', ...began, end: 'repaired', cause: 'put back' } as const;
    const { evidence, remedy } = open;
    const first = entry(5, { kind: 'violation.began', ...began, evidence, remedy });
    const history = () => ({
      revision: asRevision(7),
      entries: [entry(6, ended), first],
      nextBefore: null,
      first: asRevision(1),
    });
    const coordinator = new FakeCoordinator({ answers: { ...answers, history } });
    const { body } = await harnessOf({ coordinator }).json('safety', 'violations', '--past');
    expect(body['past']).toMatchObject([
      { ...began, end: 'repaired', cause: 'put back', evidence: 'is empty', sinceMs: first.atMs },
    ]);
  });

  it('watch tells what is open, and what begins and ends', async () => {
    const ended = { kind: 'violation.ended', ...began, end: 'mended', cause: null } as const;
    const coordinator = new FakeCoordinator({
      answers,
      watch: async function* () {
        yield entry(8, ended, { kind: 'leases.rearmed' });
      },
    });
    const { stdout } = await harnessOf({ coordinator }).run('safety', 'watch', '--json');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { revision: 5, kind: 'violation.began', ...began },
      { revision: 8, kind: 'violation.ended', end: 'mended' },
    ]);
  });
});

const findingsIn = (body: Record<string, unknown>): unknown[] =>
  (body['details'] as { readonly findings: unknown[] }).findings;

describe('the forms of a report', () => {
  const awkward = { ...error, file: 'a b,c/100%.yaml', message: 'a tab: 5%\nand, more' };
  const validate = (format: string): ReturnType<Harness['run']> =>
    harnessOf({
      inspection: scanOf({ problems: [awkward, { ...error, file: null, line: null, column: null }] }),
    }).run('safety', 'validate', '--format', format);

  it('github: one escaped annotation for each finding', async () => {
    const { code, stdout } = await validate('github');
    expect(code).toBe(3);
    const [first, second] = stdout.trimEnd().split('\n');
    expect(first).toMatch(
      /^::error file=a b%2Cc\/100%25\.yaml,line=4,col=9,title=ContextConsistency%3A YAML_SYNTAX::a tab: 5%25%0Aand, more$/,
    );
    expect(second).toMatch(/^::error title=ContextConsistency%3A YAML_SYNTAX::a tab$/);
  });

  it('sarif: a log of version 2.1.0 with each rule once', async () => {
    const { code, stdout } = await validate('sarif');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'rhema',
              rules: [{ id: 'YAML_SYNTAX', properties: { type: 'ContextConsistency' } }],
            },
          },
          results: [
            {
              ruleId: 'YAML_SYNTAX',
              ruleIndex: 0,
              level: 'error',
              message: { text: 'a tab: 5%\nand, more' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'a%20b%2Cc/100%25.yaml', uriBaseId: '%SRCROOT%' },
                    region: { startLine: 4, startColumn: 9 },
                  },
                },
              ],
            },
            { ruleId: 'YAML_SYNTAX', locations: [{ logicalLocations: [{ fullyQualifiedName: '*' }] }] },
          ],
        },
      ],
    });
  });

  it('json: the envelope of --json', async () => {
    const { code, stdout } = await validate('json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'UNSOUND', details: { scopes: 0 } });
  });

  it('no other', async () => {
    const { code, stderr } = await validate('xml');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--format takes one of text, json, sarif, github'),
    ]);
  });
});
