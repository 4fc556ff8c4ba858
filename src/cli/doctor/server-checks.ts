/** Whether a server can be worked with from here: each check a function of facts alone. */
import { isLoopback } from '../../access/index.ts';
import { compareVersions, tlsRemedy } from '../../client/index.ts';
import { duration } from '../../core/index.ts';
import { healthChecks, type HealthCheck } from '../../protocol/index.ts';
import { ok, problem, warning, type Finding } from './finding.ts';
import { checkNames } from './name-checks.ts';
import { areOfOthers, type ServerAbout, type ServerFacts } from './server-facts.ts';

export function examineServer(facts: ServerFacts): readonly Finding[] {
  const { alive } = facts.look;
  if (!alive.known) return [unreachable(facts.server, alive.problem, alive.code)];
  const served = (alive.value.body as { ok?: unknown } | null)?.ok === true;
  if (alive.value.status !== 200 || !served) return [...notServed(facts, alive.value.status)];
  return [ok('server', knownFrom(facts)), ...checkWay(facts), ...checkReady(facts), ...checkAccess(facts)];
}

function unreachable(server: string, message: string, code: string | null): Finding {
  if (code === 'SENT_ELSEWHERE')
    return problem('server', message, 'log in at the address of the server itself');
  const told = `${server} cannot be reached: ${message === '' ? String(code) : message}`;
  const remedy = code === null ? null : tlsRemedy(code);
  if (remedy !== null) return problem('TLS', told, remedy);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return problem(
      'server',
      told,
      'no such name is known here: correct the address, or the names of this machine',
    );
  return problem('server', told, 'see there whether rhema serve runs, and that no firewall is in between');
}

function notServed({ server }: ServerFacts, status: number): readonly Finding[] {
  if (status === 403)
    return [
      problem('server', `${server} does not answer to this name`, 'there: rhema serve --allow-host NAME'),
    ];
  const told = `what answers at ${server} (HTTP ${status}) is no rhema serve`;
  return [problem('server', told, 'correct the address; it has the path of --prefix where there is one')];
}

const knownFrom = ({ server, isNoted }: ServerFacts): string =>
  isNoted ? `${server}, noted in this clone by rhema login` : server;

function checkWay({ server }: ServerFacts): readonly Finding[] {
  const { protocol, hostname } = new URL(server);
  if (protocol === 'https:') return [ok('TLS', 'the certificate is good here')];
  if (isLoopback(hostname)) return [ok('TLS', 'not needed: nothing leaves this machine')];
  const remedy = 'serve it by --tls-cert and --tls-key, or behind a proxy that encrypts';
  return [
    warning('TLS', `${server} is not encrypted: whoever is on the way there can read the token`, remedy),
  ];
}

const remedies: Readonly<Record<HealthCheck, string>> = {
  log: 'on its machine: rhema doctor says what is in the way, such as a full disk',
  agent_coordination:
    'on its machine: rhema doctor; rhema daemon stop and rhema serve start it anew from the log',
  lock_consistency: 'on its machine: rhema safety check says what is wrong, rhema verify-log since when',
  sync_status: 'on its machine: rhema safety check says what is wrong, rhema sync status what is synced',
  safety_invariants: 'on its machine: rhema safety check; docs/safety.md says what to do',
};

function checkReady({ look: { ready } }: ServerFacts): readonly Finding[] {
  if (ready === null || !ready.known)
    return [problem('ready', ready?.problem ?? 'not said', 'see the log of the server')];
  const { checks = {} } = (ready.value.body ?? {}) as { checks?: Record<string, unknown> };
  return healthChecks.map((check) => {
    if (checks[check] === true) return ok(check, 'passed');
    const said = checks[check] === false ? 'not passed' : 'not said: it is of another version';
    return problem(check, said, remedies[check]);
  });
}

function checkAccess(facts: ServerFacts): readonly Finding[] {
  const { server, token, look } = facts;
  const login = `rhema login ${server} keeps a token; an operator makes one by rhema token create`;
  if (!token.known) return [problem('token', token.problem, login)];
  if (token.value === null) return [problem('token', 'none is kept here for this server', login)];
  if (look.about === null || !look.about.known)
    return [problem('token', look.about?.problem ?? 'not asked', remedyOfToken(look.about?.code, login))];
  const about = look.about.value;
  return [
    ...checkToken(about, facts),
    checkNames(about, facts),
    checkVersion(about, facts),
    checkClock(about),
    checkCommit(about, facts),
  ];
}

function remedyOfToken(code: string | null | undefined, login: string): string {
  if (code === 'RATE_LIMITED') return 'wait as long as it says, then: rhema doctor';
  if (code === 'NOT_SERVED' || code === 'INVALID_INPUT') return 'install one version of rhema here and there';
  return login;
}

const soonMs = 7 * 24 * 60 * 60_000;

function checkToken({ token }: ServerAbout, { nowMs, server }: ServerFacts): readonly Finding[] {
  const { name, role, agents, expiresAtMs } = token;
  const who = role === 'agent' ? `agent, as ${agents.join(', ')}` : role;
  if (expiresAtMs === null) return [ok('token', `${name} (${who}), without an end`)];
  const left = duration(Math.max(0, expiresAtMs - nowMs));
  const told = `${name} (${who}), good for ${left} more`;
  if (expiresAtMs - nowMs > soonMs) return [ok('token', told)];
  return [warning('token', told, `have another one made by rhema token create, then: rhema login ${server}`)];
}

function checkVersion({ version, api }: ServerAbout, here: ServerFacts): Finding {
  if (api !== 'v1')
    return problem(
      'version',
      `it speaks ${api}, this program v1`,
      'install one version of rhema here and there',
    );
  const told = `rhema ${version} there, ${here.version} here`;
  if (compareVersions(version, here.version) === 0) return ok('version', told);
  return warning('version', told, 'what one of them has newly the other does not know: install one version');
}

/** More than messages take on their way. */
const skewMaxMs = 5_000;

function checkClock({ aheadMs }: ServerAbout): Finding {
  const much = `${(Math.abs(aheadMs) / 1_000).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} the one here`;
  if (Math.abs(aheadMs) <= skewMaxMs) return ok('clock', `its clock is ${much}`);
  const remedy =
    'leases are counted right all the same, but times in answers are off: set both clocks by NTP';
  return warning('clock', `its clock is ${much}`, remedy);
}

function checkCommit({ commit, roots }: ServerAbout, here: ServerFacts): Finding {
  const subject = 'scope files';
  if (areOfOthers(here.roots, roots))
    return problem(
      'repository',
      `what is coordinated there is another repository: ${roots?.[0]?.slice(0, 12)} comes first in its history, ${here.roots?.[0]?.slice(0, 12)} in that of this clone`,
      here.isNoted ? 'rhema logout, then log in at the server of this one' : 'name the server of this one',
    );
  if (commit === null || here.commit === null)
    return ok(subject, 'those of the server count; on which commit they are, here or there, nobody knows');
  if (commit === here.commit)
    return ok(
      subject,
      `the same commit is checked out here and there, ${commit.slice(0, 12)}; what is not committed there counts as well`,
    );
  const told = `${commit.slice(0, 12)} is checked out there, ${here.commit.slice(0, 12)} here: its scope files count, and may be others`;
  return warning(subject, told, 'pull on both sides, then: rhema scope refresh');
}
