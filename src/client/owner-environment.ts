/** What the owner gets of its first caller's environment. It outlives the caller: keys and passwords are not for it. */

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How the system finds, loads and clocks programs, who the user is, and where files of the user are. What is preloaded belongs
 * to that: there are systems where nothing starts without (Termux), and clocks that are another with it.
 */
const systemNames = new Set(
  words(`
  PATH LD_LIBRARY_PATH LD_PRELOAD DYLD_LIBRARY_PATH NODE_ICU_DATA SYSTEMROOT HOME USER
  LOGNAME USERPROFILE SUDO_UID SUDO_GID LANG LANGUAGE TZ TZDIR TMPDIR TMP TEMP
  XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
`),
);

/**
 * Which repository is meant, and whose configuration holds. Not the index or the objects of a Git command under way, which
 * a hook is told: the owner outlives it.
 */
const gitNames = new Set(
  words(`
  GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_CEILING_DIRECTORIES
  GIT_DISCOVERY_ACROSS_FILESYSTEM GIT_EXEC_PATH GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM
  GIT_CONFIG_NOSYSTEM
`),
);

/** Of our own those that an owner reads: others may be anything, or are true of the command under a lock only. */
const ownNames = new Set(words('RHEMA_IDLE_EXIT RHEMA_DEBUG RHEMA_LOG_LEVEL'));

/** The last is of libfaketime, a library that is preloaded: an owner lives in the same time as its callers. */
const prefixes = /^(LC_|FAKETIME)/;

/** Settings of Git that bear on reading a working tree; others may hold passwords (`http.extraHeader`). */
const readingKeys = /^(safe|core|extensions|include|includeif)\./i;

export function ownerEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && isKept(name)) as [
    string,
    string,
  ][];
  return {
    ...Object.fromEntries(kept),
    ...nodeOptions(env),
    ...numberedSettings(env),
    ...quotedSettings(env),
  };
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function isKept(name: string): boolean {
  return systemNames.has(name) || gitNames.has(name) || ownNames.has(name) || prefixes.test(name);
}

/** Yarn without `node_modules` leads Node to the packages by these; other options may be for a debugger. */
const plugAndPlay = /(?:--require|--experimental-loader|--import|-r)[ =]"?\S*\.pnp\.\S+/g;

function nodeOptions(env: Environment): Record<string, string> {
  const kept = (env['NODE_OPTIONS'] ?? '').match(plugAndPlay) ?? [];
  return kept.length === 0 ? {} : { NODE_OPTIONS: kept.join(' ') };
}

/** `GIT_CONFIG_COUNT` and what it counts. */
function numberedSettings(env: Environment): Record<string, string> {
  const count = Math.min(1_000, Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10) || 0);
  const pairs = Array.from({ length: count }, (_, index) => [
    env[`GIT_CONFIG_KEY_${index}`],
    env[`GIT_CONFIG_VALUE_${index}`],
  ]).filter(([key]) => key !== undefined && readingKeys.test(key));
  if (pairs.length === 0) return {};
  const named = pairs.flatMap(([key = '', value = ''], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(pairs.length), ...(Object.fromEntries(named) as Record<string, string>) };
}

/** A setting as `git -c` passes it on to what it starts: `'core.x'='y'`, before Git 2.31 `'core.x=y'`. */
const quotedSetting = /'((?:[^']|'\\'')*)'(?:='(?:[^']|'\\'')*')?/g;

function quotedSettings(env: Environment): Record<string, string> {
  const all = env['GIT_CONFIG_PARAMETERS'] ?? '';
  const kept = [...all.matchAll(quotedSetting)]
    .filter(([, key = '']) => readingKeys.test(key))
    .map(([whole]) => whole);
  return kept.length === 0 ? {} : { GIT_CONFIG_PARAMETERS: kept.join(' ') };
}
