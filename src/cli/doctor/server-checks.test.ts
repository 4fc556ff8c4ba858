import { expect, it } from 'vitest';
import type { Fact, Finding } from './finding.ts';
import { examineServer } from './server-checks.ts';
import type { ServerAbout, ServerFacts, ServerLook } from './server-facts.ts';

const known = <T>(value: T): Fact<T> => ({ known: true, value });
const unknown = (code: string, problem = 'why'): Fact<never> => ({ known: false, problem, code });
const passed = {
  log: true,
  agent_coordination: true,
  lock_consistency: true,
  sync_status: true,
  safety_invariants: true,
};
const about: ServerAbout = {
  version: '1.2.3',
  api: 'v1',
  aheadMs: 40,
  commit: 'a'.repeat(40),
  token: { name: 'ci', role: 'agent', agents: ['ci-*'], expiresAtMs: 90 * 86_400_000 },
};
const look: ServerLook = {
  alive: known({ status: 200, body: { ok: true } }),
  ready: known({ status: 200, body: { ok: true, checks: passed } }),
  about: known(about),
};
const fine: ServerFacts = {
  server: 'https://rhema.example.org/team',
  isNoted: false,
  nowMs: 0,
  version: '1.2.3',
  token: known('rhema_x'),
  commit: 'a'.repeat(40),
  roots: null,
  look,
  agent: '',
};

const withAbout = (over: Partial<ServerAbout>): ServerFacts => ({
  ...fine,
  look: { ...look, about: known({ ...about, ...over }) },
});
const withAlive = (alive: ServerLook['alive']): ServerFacts => ({
  ...fine,
  look: { alive, ready: null, about: null },
});
const told = (facts: ServerFacts, level: Finding['level']): string[] =>
  examineServer(facts)
    .filter((finding) => finding.level === level)
    .map(({ subject, message, remedy }) => `${subject}: ${message}${remedy === null ? '' : ` | ${remedy}`}`);

it('a server that is fine is told of by each check, and by no trouble', () => {
  expect(told(fine, 'ok').map((text) => text.split(':', 1)[0])).toEqual([
    'server',
    'TLS',
    'log',
    'agent_coordination',
    'lock_consistency',
    'sync_status',
    'safety_invariants',
    'token',
    'names',
    'version',
    'clock',
    'scope files',
  ]);
  expect([...told(fine, 'warning'), ...told(fine, 'problem')]).toEqual([]);
  expect(told(fine, 'ok')).toContain('token: ci (agent, as ci-*), good for 90 d more');
  expect(told(fine, 'ok')).toContain(
    'names: who is given none has one that the token lets in, such as ci-claude-6fa890',
  );
  expect(told({ ...fine, agent: 'ci-1' }, 'ok')).toContain(
    'names: RHEMA_AGENT is ci-1, which the token ci lets act',
  );
  expect(told(fine, 'ok').at(-1)).toBe(
    'scope files: the same commit is checked out here and there, aaaaaaaaaaaa; what is not committed there counts as well',
  );
});

it('says that the server is noted in the clone', () => {
  expect(told({ ...fine, isNoted: true }, 'ok')[0]).toContain('noted in this clone by rhema login');
});

const problems: readonly [what: string, facts: ServerFacts, says: RegExp][] = [
  [
    'nobody listens',
    withAlive(unknown('ECONNREFUSED')),
    /^server: .* cannot be reached: why \| .*rhema serve runs/,
  ],
  ['it sends elsewhere', withAlive(unknown('SENT_ELSEWHERE')), /^server: why \| log in at the address/],
  ['no such name', withAlive(unknown('ENOTFOUND')), /^server: .* \| no such name/],
  ['an own certificate', withAlive(unknown('DEPTH_ZERO_SELF_SIGNED_CERT')), /^TLS: .*NODE_EXTRA_CA_CERTS/],
  ['an old certificate', withAlive(unknown('CERT_HAS_EXPIRED')), /^TLS: .*renew/],
  ['another name', withAlive(unknown('ERR_TLS_CERT_ALTNAME_INVALID')), /^TLS: .*for this name/],
  ['no TLS there', withAlive(unknown('EPROTO')), /^TLS: .*http:\/\//],
  [
    'another program',
    withAlive(known({ status: 404, body: null })),
    /^server: .*no rhema serve \| .*--prefix/,
  ],
  ['a foreign Host', withAlive(known({ status: 403, body: null })), /--allow-host/],
  [
    'a check that is not passed',
    {
      ...fine,
      look: {
        ...look,
        ready: known({ status: 503, body: { checks: { ...passed, lock_consistency: false } } }),
      },
    },
    /^lock_consistency: not passed \| .*rhema safety check/,
  ],
  ['no token', { ...fine, token: known(null) }, /^token: none is kept .* \| rhema login/],
  [
    'a revoked token',
    { ...fine, look: { ...look, about: unknown('UNAUTHENTICATED', 'not known') } },
    /^token: not known \| rhema login/,
  ],
  ['a name that is not let in', { ...fine, agent: 'alice' }, /^names: RHEMA_AGENT is alice, .*only as ci-\*/],
  [
    'a token of whole names',
    withAbout({ token: { ...about.token, agents: ['alice'] } }),
    /^names: ci lets agents act only as alice, .*every edit pass \| set RHEMA_AGENT/,
  ],
  ['another protocol', withAbout({ api: 'v2' }), /^version: it speaks v2/],
  [
    'another repository',
    { ...withAbout({ roots: ['b'.repeat(40)] }), roots: ['a'.repeat(40)] },
    /^repository: what is coordinated there is another repository: bbbbbbbbbbbb .* \| name the server/,
  ],
  [
    'another repository, which is noted',
    { ...withAbout({ roots: ['b'.repeat(40)] }), roots: ['a'.repeat(40)], isNoted: true },
    /^repository: .* \| rhema logout/,
  ],
];

it.each(problems)('%s is a problem with a remedy', (_what, facts, says) => {
  expect(told(facts, 'problem')).toEqual([expect.stringMatching(says)]);
});

const warnings: readonly [what: string, facts: ServerFacts, says: RegExp][] = [
  ['no encryption', { ...fine, server: 'http://10.0.0.7:7421' }, /^TLS: .* is not encrypted/],
  [
    'a token that ends soon',
    withAbout({ token: { ...about.token, expiresAtMs: 86_400_000 } }),
    /^token: .*good for 1 d/,
  ],
  [
    'a token that may only look',
    withAbout({ token: { ...about.token, role: 'observer', agents: [] } }),
    /^names: no agent may take part by the token ci.*--role agent/,
  ],
  ['another version', withAbout({ version: '1.3.0' }), /^version: rhema 1\.3\.0 there, 1\.2\.3 here/],
  ['a clock that is behind', withAbout({ aheadMs: -7_200 }), /^clock: its clock is 7\.2 s behind/],
  [
    'another commit',
    withAbout({ commit: 'b'.repeat(40) }),
    /^scope files: bbbbbbbbbbbb is checked out there, aaaaaaaaaaaa here.*refresh/,
  ],
];

it.each(warnings)('%s is a warning with a remedy', (_what, facts, says) => {
  expect(told(facts, 'problem')).toEqual([]);
  expect(told(facts, 'warning')).toEqual([expect.stringMatching(says)]);
});
