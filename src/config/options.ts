import {
  asDurationMs,
  defaultSettings,
  settingBounds,
  type DurationMs,
  type Settings,
} from '../core/index.ts';
import type { Option } from './option.ts';

/** Key of the block in the root scope's file under which every option lies. */
export const configBlock = 'agent_coordination';

const day = 86_400_000;

/** Every option, once. Parsing, errors, `config show|explain|check` and docs/config.md derive from this table. */
export const options = [
  {
    key: 'agent_coordination.enabled',
    field: 'enabled',
    readBy: 'src/daemon/scope-follower.ts',
    type: 'boolean',
    default: true,
    environment: null,
    help: 'Whether agents are coordinated in this repository at all. When false, commands that need the coordinator say so and end with 0, and `rhema run` just runs its command. Setting it to false is seen within a few seconds, and takes effect when nothing is held, waited for or synced: from then on until it does, what is held stays held, nothing new is given out and nobody new waits, and `rhema status` says so.',
  },
  {
    key: 'agent_coordination.max_concurrent_agents',
    field: 'maxConcurrentAgents',
    readBy: 'src/core/queue.ts',
    type: 'count',
    ...fromCore('maxConcurrentAgents'),
    environment: null,
    help: 'How many agents may hold locks of scopes or files at the same time, over the whole repository. One more is refused with CONCURRENCY_LIMIT, or waits in the queue if it asked to. Who holds resources alone, such as @git, takes no place, and may always ask for one.',
  },
  {
    key: 'agent_coordination.max_locks_per_agent',
    field: 'maxLocksPerAgent',
    readBy: 'src/core/lock-bounds.ts',
    type: 'count',
    ...fromCore('maxLocksPerAgent'),
    environment: null,
    help: 'In how many scopes one agent may hold something: the whole, or files one by one. More are refused with AGENT_HOLDS_LOCK or LOCK_LIMIT_REACHED. Without a block agent_coordination it is 4, and `rhema init` writes what the history asks for. A request that would close a cycle of waiting is refused with WOULD_DEADLOCK.',
  },
  {
    key: 'agent_coordination.max_files_per_agent',
    field: 'maxFilesPerAgent',
    readBy: 'src/core/lock-bounds.ts',
    type: 'count',
    ...fromCore('maxFilesPerAgent'),
    environment: null,
    help: 'How many files one agent may hold one by one. More are refused with FILE_LIMIT_REACHED: it asks for the whole scope instead.',
  },
  {
    key: 'agent_coordination.max_resources_per_agent',
    field: 'maxResourcesPerAgent',
    readBy: 'src/core/lock-bounds.ts',
    type: 'count',
    ...fromCore('maxResourcesPerAgent'),
    environment: null,
    help: 'At how many resources one agent may hold a slot. More are refused with RESOURCE_LIMIT_REACHED.',
  },
  {
    key: 'agent_coordination.max_unread_messages',
    field: 'maxUnreadMessages',
    readBy: 'src/core/inbox.ts',
    type: 'count',
    ...fromCore('maxUnreadMessages'),
    environment: null,
    help: 'How many messages are kept for one agent that it has not read. When one more comes, the oldest gives way, and the agent is told how many did.',
  },
  {
    key: 'agent_coordination.resources',
    field: 'resources',
    readBy: 'src/core/gate.ts',
    type: 'resources',
    default: defaultSettings.resources,
    environment: null,
    help: 'What agents take turns at that is no folder, such as a deployment or a port: `deploy: {}` is asked for as `@deploy`, and one agent has it at a time; of `port: { capacity: 10 }` ten have it at once, each with a slot of its own, from 1 to 10. `@git` is there without being named: the index, HEAD and refs of a working tree.',
  },
  {
    key: 'agent_coordination.max_block_time',
    field: 'maxBlockMs',
    readBy: 'src/core/status.ts',
    type: 'duration',
    ...durationFromCore('maxBlockMs'),
    environment: null,
    help: 'An agent that is blocked for longer becomes idle: its wait ends, or it loses the locks that it says it cannot use.',
  },
  {
    key: 'agent_coordination.lock_timeout',
    field: 'lockTtlMs',
    readBy: 'src/core/locks.ts',
    type: 'duration',
    ...durationFromCore('lockTtlMs'),
    environment: null,
    help: 'Lease of a lock unless the caller asks for another. A heartbeat or a renewal renews it; without one the lock ends at the deadline and goes to the next waiter.',
  },
  {
    key: 'agent_coordination.lock_timeout_max',
    field: 'lockTtlMaxMs',
    readBy: 'src/core/lock-bounds.ts',
    type: 'duration',
    ...durationFromCore('lockTtlMaxMs'),
    environment: null,
    help: 'The longest lease a caller may ask for. It bounds how long the scope of an agent that died stays taken; lock_timeout must not be above it.',
  },
  {
    key: 'agent_coordination.max_contended_hold',
    field: 'maxContendedHoldMs',
    readBy: 'src/core/leases.ts',
    type: 'duration',
    ...durationFromCore('maxContendedHoldMs'),
    environment: null,
    help: 'How long a holder may renew a lock once somebody waits for it: renewals reach at most so far after that moment. A deadline that was promised is kept, so a long lease runs to its end. Without such a bound a hung agent that still renews would keep its scope for ever.',
  },
  {
    key: 'agent_coordination.session_timeout',
    field: 'sessionTtlMs',
    readBy: 'src/core/agents.ts',
    type: 'duration',
    ...durationFromCore('sessionTtlMs'),
    environment: null,
    help: 'An agent that is silent for longer is lost: its locks are released, its ticket is given up and its running syncs fail as retryable.',
  },
  {
    key: 'agent_coordination.dead_grace',
    field: 'deadGraceMs',
    readBy: 'src/core/agents.ts',
    type: 'duration',
    ...durationFromCore('deadGraceMs'),
    environment: null,
    help: 'How long an agent is waited for whose process has ended, as the coordinator sees for certain on its own host: then it is lost, with all it holds. A client that starts again within this time and resumes goes on with everything.',
  },
  {
    key: 'agent_coordination.max_dependencies',
    field: 'maxDependencies',
    readBy: 'src/core/scopes.ts',
    type: 'count',
    ...fromCore('maxDependencies'),
    environment: null,
    help: 'How many dependencies one scope may have. A graph with more is refused whole, and the last good one stays in force.',
  },
  {
    key: 'agent_coordination.max_scope_depth',
    field: 'maxScopeDepth',
    readBy: 'src/core/scopes.ts',
    type: 'count',
    ...fromCore('maxScopeDepth'),
    environment: null,
    help: 'Longest chain of dependencies, counted in edges. A deeper graph is refused whole, and the last good one stays in force.',
  },
  {
    key: 'agent_coordination.max_retries',
    field: 'maxRetries',
    readBy: 'src/core/syncs.ts',
    type: 'count',
    ...fromCore('maxRetries'),
    environment: null,
    help: 'How often a failed sync may be retried. `rhema sync run` does that by itself after each pause, for commands; what is invalid is not retried, since it has to be mended. The budget is renewed by a change of the scope or of what it depends on, and by whoever runs a sync; when it is used up the failure stays until then.',
  },
  {
    key: 'agent_coordination.retry_backoff',
    field: 'retryBackoffMs',
    readBy: 'src/core/syncs.ts',
    type: 'duration',
    ...durationFromCore('retryBackoffMs'),
    environment: null,
    help: 'How long after its first failure a sync may be retried; it doubles with each further failure, up to an hour.',
  },
  {
    key: 'agent_coordination.history_horizon',
    field: 'historyHorizonMs',
    readBy: 'src/daemon/wire-up.ts',
    type: 'duration',
    default: asDurationMs(90 * day),
    minimum: asDurationMs(0),
    maximum: asDurationMs(3_650 * day),
    environment: null,
    help: 'How long the history of locks, agents and syncs is kept. Compaction removes what is older, back to the last snapshot before it; what is in force now is never removed, and of each request 24 bytes stay, by which a repeat that comes later is known and refused. A change takes effect when the coordinator starts anew.',
  },
  {
    key: 'agent_coordination.idle_exit',
    field: 'idleExitMs',
    readBy: 'src/daemon/owner-life.ts',
    type: 'duration',
    default: asDurationMs(300_000),
    minimum: asDurationMs(0),
    maximum: asDurationMs(7 * day),
    environment: 'RHEMA_IDLE_EXIT',
    help: 'The coordinator process in the background leaves after this long with nothing held, nobody connected and nobody calling; the next command starts it again. 0 keeps it running. However short it is, the first caller after a start has two seconds to come.',
  },
  {
    key: 'agent_coordination.safety_validation.enabled',
    field: 'safetyEnabled',
    readBy: 'src/daemon/wire-up.ts',
    type: 'boolean',
    default: true,
    environment: null,
    help: 'Whether the invariants of the coordination state are also checked while it runs, in samples. The rules themselves are enforced on every command, whatever this says. A change takes effect when the coordinator starts anew.',
  },
  {
    key: 'agent_coordination.safety_validation.strict_mode',
    field: 'strictMode',
    readBy: 'src/cli/world/real-inspection.ts',
    type: 'boolean',
    default: false,
    environment: null,
    help: 'What happens when a scope is synced whose definition or context files break the rules: true fails that sync, and so holds back what depends on it; false tells of it and goes on. With true, `rhema guard check` also refuses what nobody holds.',
  },
  {
    key: 'agent_coordination.safety_validation.auto_recovery',
    field: 'autoRecovery',
    readBy: 'src/daemon/wire-up.ts',
    type: 'boolean',
    default: true,
    environment: null,
    help: 'Whether a file is repaired without asking that nobody can read any more: a context file that was recorded and is emptied, no YAML, left in a merge or gone gets what was recorded back, and a scope file that is no YAML what was in force. Only what has been so for some seconds, that nobody holds, and that Git did not make so; what lay there is kept, see `rhema context history`. Each repair is in the log. When false, and wherever the last good content is not certain, it is reported only: `rhema safety violations`. Locks of lost agents and syncs that were aborted are given up in any case.',
  },
  {
    key: 'agent_coordination.sync_settings.auto_sync',
    field: 'autoSync',
    readBy: 'src/daemon/auto-sync.ts',
    type: 'boolean',
    default: true,
    environment: null,
    help: 'Whether scopes that were synced once and have to be synced again (a commit, a checkout, a context file that was written, a retry that is due) are synced by themselves, in the order of their dependencies. The coordinator sees to that while it runs. Commands of scopes are then run only when you have allowed that (`rhema sync allow --auto`).',
  },
  {
    key: 'agent_coordination.sync_settings.dependency_checking',
    field: 'dependencyChecking',
    readBy: 'src/core/syncs.ts',
    type: 'boolean',
    default: defaultSettings.dependencyChecking,
    environment: null,
    help: 'Whether a sync starts only when every dependency of the scope is completed; otherwise it is refused with DEPENDENCY_NOT_SYNCED. With false `rhema sync run` keeps the order, but a failure holds nothing back, and the answer says so.',
  },
  {
    key: 'agent_coordination.sync_settings.conflict_resolution',
    field: 'conflictResolution',
    readBy: 'src/cli/commands/context-write.ts',
    type: 'choice',
    default: 'manual',
    choices: ['manual', 'merge', 'latest'],
    environment: null,
    help: 'What `rhema context` does with a context file that is not what its writer began with. manual: it is refused with CONTEXT_CONFLICT, and both versions are kept. merge: both are merged entry by entry, and refused only where they clash. latest: the later write wins. Whatever is replaced is kept, see `rhema context history`.',
  },
  {
    key: 'agent_coordination.scopes',
    field: 'scopes',
    readBy: 'src/repository/scopes/listed-scopes.ts',
    type: 'scopes',
    default: [] as readonly string[],
    example: '{ packages/ui: { type: library, dependencies: [/packages/core] } }',
    environment: null,
    help: 'Scopes that need no file of their own: the path of a folder from the top, and below it what a scope file would say (`name`, `type`, `dependencies`, ...), or nothing. Its own `split` makes scopes of folders below it as well, and is seen from its folder. A folder that has a scope file says itself what it is, and its entry here is ignored. An entry for a folder that is not there yet is a scope, too.',
  },
  {
    key: 'agent_coordination.split',
    field: 'split',
    readBy: 'src/repository/scopes/discovery.ts',
    type: 'patterns',
    default: [] as readonly string[],
    example: '[packages/app/src/*]',
    environment: null,
    help: 'Every folder that one of these patterns fits is a scope, named after itself: a part that many work in can so be locked piece by piece. Only folders count in which Git knows a file, or would. One that needs a type, or dependencies, is better listed under `scopes`.',
  },
  {
    key: 'agent_coordination.exclude',
    field: 'exclude',
    readBy: 'src/repository/scopes/discovery.ts',
    type: 'patterns',
    default: [] as readonly string[],
    example: "['**/fixtures/**', examples/**]",
    environment: null,
    help: 'Folders that become no scopes by what lies in them: a scope file there is not read, `split` passes them by, and `rhema init` and `rhema scope refresh` leave out the packages in them. What is in there belongs to the scope around it. The top folder and what `scopes` lists are scopes all the same.',
  },
  {
    key: 'agent_coordination.include',
    field: 'include',
    readBy: 'src/repository/scopes/discovery.ts',
    type: 'patterns',
    default: [] as readonly string[],
    example: '[examples/shop]',
    environment: null,
    help: 'Folders to which `exclude` does not apply.',
  },
  {
    key: 'agent_coordination.free',
    field: 'freePaths',
    readBy: 'src/core/free.ts',
    type: 'patterns',
    default: defaultSettings.freePaths,
    example: "[pnpm-lock.yaml, '.changeset/**', CHANGELOG.md]",
    environment: null,
    help: 'Files that anybody may write without a lock: what every change touches, such as lockfiles and changelogs, what is new with each, such as changesets, and what is generated. All other files need the lock of their scope, or of the file itself.',
  },
  {
    key: 'agent_coordination.claim',
    field: 'claimLevel',
    readBy: 'src/service/scopes-of.ts',
    type: 'choice',
    default: defaultSettings.claimLevel,
    choices: ['file', 'scope'],
    environment: null,
    help: 'What an agent is given that asks for no more than to write a file: that file alone, or the whole scope that it is in.',
  },
  {
    key: 'agent_coordination.claim_wait',
    field: 'claimWaitMs',
    readBy: 'src/cli/world/hook-settings.ts',
    type: 'duration',
    default: asDurationMs(0),
    minimum: asDurationMs(0),
    maximum: asDurationMs(20_000),
    environment: null,
    help: "For how long the hook of an agent's client waits in the queue for a file that another agent holds before the edit is refused. With 0 it is refused at once, and the agent does other work or waits by a command.",
  },
  {
    key: 'agent_coordination.claim_idle',
    field: 'claimIdleMs',
    readBy: 'src/cli/world/hook-settings.ts',
    type: 'duration',
    default: asDurationMs(30 * 60_000),
    minimum: asDurationMs(0),
    maximum: asDurationMs(day),
    environment: null,
    help: "After how long without an edit the hook of an agent's client gives back, in the middle of a turn, what it has locked for the agent by itself. What has uncommitted changes in it stays locked, and so does what the agent has acquired by name. It is looked at once a minute at most, when the agent does something; with 0 such a lock goes back at the end of the turn.",
  },
] as const satisfies readonly Option[];

type Declared = (typeof options)[number];
type ValueOf<O extends Declared> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'duration' }
    ? DurationMs
    : O extends { type: 'count' }
      ? number
      : O extends { choices: readonly (infer Choice)[] }
        ? Choice
        : O extends { type: 'patterns' | 'scopes' }
          ? readonly string[]
          : O extends { type: 'resources' }
            ? Settings['resources']
            : never;

/** The value of every option; durations in milliseconds. */
export type Config = { readonly [O in Declared as O['field']]: ValueOf<O> };
export type ConfigField = keyof Config;
export type ConfigKey = Declared['key'];
export type ConfigValue = Config[ConfigField];

export const defaultConfig = Object.fromEntries(
  options.map((option) => [option.field, option.default]),
) as unknown as Config;

/**
 * The same where there is no block: most commits change more than one scope, and whoever has not read of the limit yet is not to
 * be stopped by it.
 */
export const withoutBlock: Config = { ...defaultConfig, maxLocksPerAgent: 4 };

export function optionOf(key: string): Option | null {
  return options.find((option) => option.key === key) ?? null;
}

const settingFields = Object.keys(defaultSettings) as (keyof Settings)[];

/** Whether an option is decided on inside the coordination state, hence kept in the log. */
export function isSetting(field: string): field is keyof Settings {
  return Object.hasOwn(defaultSettings, field);
}

/** The part of the configuration that the coordination machine decides by. */
export function settingsOf(config: Config): Settings {
  return Object.fromEntries(settingFields.map((field) => [field, config[field]])) as unknown as Settings;
}

type NumericSetting = keyof typeof settingBounds;
type DurationSetting = Extract<NumericSetting, `${string}Ms`>;

/** Defaults and bounds of what the core decides by are the core's own. */
function fromCore(field: NumericSetting): { default: number; minimum: number; maximum: number } {
  const [minimum, maximum] = settingBounds[field];
  return { default: defaultSettings[field], minimum, maximum };
}

function durationFromCore(field: DurationSetting): {
  default: DurationMs;
  minimum: DurationMs;
  maximum: DurationMs;
} {
  const [minimum, maximum] = settingBounds[field];
  return { default: defaultSettings[field], minimum: asDurationMs(minimum), maximum: asDurationMs(maximum) };
}
