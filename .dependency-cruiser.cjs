// The import walls of ARCHITECTURE.md. Each layer lists the layers it may not import.
/** Tests and what only tests use may reach further. */
const testing = '\\.test\\.ts$|/testing(/|\\.ts$)';
/** @param {string} from @param {string[]} to */
const wall = (from, to, comment) => ({
  name: `${from}-wall`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: testing },
  to: { path: `^src/(${to.join('|')})/` },
});
const faces = ['cli', 'demo', 'http', 'mcp', 'program', 'web', 'hooks'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'A cycle between files hides which of them is the lower one; not by types either: each room reads from the bottom up.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'The core imports nothing outside itself: no package, no Node module, no other layer.',
      from: { path: '^src/core/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'files-is-a-leaf',
      severity: 'error',
      comment: 'What belongs to this user: Node only, so that every layer with files may use it.',
      from: { path: '^src/files/', pathNot: testing },
      to: { path: '^src/(?!files/)' },
    },
    {
      name: 'time-is-a-leaf',
      severity: 'error',
      comment: 'Clocks and timers: what every layer above the core may be handed.',
      from: { path: '^src/time/', pathNot: testing },
      to: { path: '^src/(?!time/)' },
    },
    {
      name: 'shell-is-a-leaf',
      severity: 'error',
      comment: 'What a command line would write: a parser alone, no file and no other layer.',
      from: { path: '^src/shell/', pathNot: testing },
      to: { path: '^src/(?!shell/)' },
    },
    wall(
      'wording',
      ['store', 'repository', 'config', 'observe', 'service', 'participant', 'client', 'daemon', ...faces],
      'wording: core and protocol',
    ),
    wall(
      'protocol',
      ['store', 'repository', 'config', 'observe', 'service', 'client', 'daemon', ...faces],
      'protocol: core types only',
    ),
    {
      name: 'fit-wall',
      severity: 'error',
      comment: 'What would have been, by the machine alone: the core; history, logs and files are handed in.',
      from: { path: '^src/fit/', pathNot: testing },
      to: { path: '^src/(?!(fit|core)/)' },
    },
    {
      name: 'insights-wall',
      severity: 'error',
      comment: 'What a log shows: the core; entries are handed in.',
      from: { path: '^src/insights/', pathNot: testing },
      to: { path: '^src/(?!(insights|core)/)' },
    },
    {
      name: 'radar-wall',
      severity: 'error',
      comment: 'What will clash: core and protocol; Git and the memory are handed in.',
      from: { path: '^src/radar/', pathNot: testing },
      to: { path: '^src/(?!(radar|core|protocol)/)' },
    },
    wall(
      'store',
      ['protocol', 'repository', 'config', 'observe', 'service', 'client', 'daemon', ...faces],
      'store: core, files and time',
    ),
    wall(
      'repository',
      ['store', 'service', 'client', 'daemon', ...faces],
      'repository: core, protocol and config',
    ),
    wall(
      'config',
      ['store', 'repository', 'observe', 'service', 'client', 'daemon', ...faces],
      'config: core limits',
    ),
    wall(
      'observe',
      ['store', 'repository', 'config', 'service', 'client', 'daemon', ...faces],
      'observe: core',
    ),
    wall(
      'service',
      ['store/(memory|sqlite)', 'repository', 'config', 'client', 'daemon', ...faces],
      'service: interfaces only',
    ),
    wall(
      'verify',
      ['store/(memory|sqlite)', 'repository', 'config', 'service', 'client', 'daemon', ...faces],
      'verify: interfaces only',
    ),
    wall(
      'mcp',
      [
        'store',
        'repository',
        'config',
        'service',
        'client',
        'daemon',
        ...faces.filter((face) => face !== 'mcp'),
      ],
      'mcp: core, protocol, participant, observe and time; everything else is handed in',
    ),
    {
      name: 'participant-wall',
      severity: 'error',
      comment:
        'An agent taking part: core, protocol and time; connections, sessions and files are handed in.',
      from: { path: '^src/participant/', pathNot: testing },
      to: { path: '^src/(?!(participant|core|protocol|time)/)' },
    },
    {
      name: 'sync-wall',
      severity: 'error',
      comment: 'Syncs: core, protocol, participant and time; files, commands and checks are handed in.',
      from: { path: '^src/sync/', pathNot: testing },
      to: { path: '^src/(?!(sync|core|protocol|participant|time)/)' },
    },
    {
      name: 'guard-wall',
      severity: 'error',
      comment: 'The guard: core, protocol and participant; of repository only where a path leads.',
      from: { path: '^src/guard/', pathNot: testing },
      to: { path: '^src/(?!(guard|core|protocol|participant|repository)/)' },
    },
    {
      name: 'hooks-wall',
      severity: 'error',
      comment: 'The words of the clients of agents: nothing else is known there.',
      from: { path: '^src/hooks/', pathNot: testing },
      to: { path: '^src/(?!hooks/)' },
    },
    wall(
      'client',
      ['store', 'service', 'daemon', ...faces],
      'client: core, protocol, participant, files and time',
    ),
    {
      name: 'access-wall',
      severity: 'error',
      comment: 'Tokens, and what whoever has one may do: core, protocol and files.',
      from: { path: '^src/access/', pathNot: testing },
      to: { path: '^src/(?!(access|core|protocol|files)/)' },
    },
    {
      name: 'metrics-wall',
      severity: 'error',
      comment: 'Figures for Prometheus: core, protocol, observe and time; what knows the rest is handed in.',
      from: { path: '^src/metrics/', pathNot: testing },
      to: { path: '^src/(?!(metrics|core|protocol|observe|time)/)' },
    },
    {
      name: 'tracing-wall',
      severity: 'error',
      comment: 'Requests that are followed through programs: core, protocol and observe.',
      from: { path: '^src/tracing/', pathNot: testing },
      to: { path: '^src/(?!(tracing|core|protocol|observe)/)' },
    },
    {
      name: 'only-tracing-knows-opentelemetry',
      severity: 'error',
      comment: 'It is loaded where somebody has asked for it; everything else has the port.',
      from: { path: '^src/(?!tracing/)' },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'webhooks-wall',
      severity: 'error',
      comment: 'Calls to others: core, protocol, time and files; the log and what sends are handed in.',
      from: { path: '^src/webhooks/', pathNot: testing },
      to: { path: '^src/(?!(webhooks|core|protocol|time|files)/)' },
    },
    {
      name: 'http-wall',
      severity: 'error',
      comment: 'The face over HTTP: core, protocol, access, observe and time; the port is handed in.',
      from: { path: '^src/http/', pathNot: testing },
      to: { path: '^src/(?!(http|core|protocol|access|observe|time)/)' },
    },
    {
      name: 'top-wall',
      severity: 'error',
      comment:
        'The view of a terminal: core, protocol, wording and time; the port and the terminal are handed in.',
      from: { path: '^src/top/', pathNot: testing },
      to: { path: '^src/(?!(top|core|protocol|wording|time)/)' },
    },
    wall(
      'init',
      ['store', 'observe', 'service', 'client', 'daemon', ...faces],
      'init: core, protocol, context, config and files',
    ),
    wall(
      'program',
      ['store', 'config', 'init', 'observe', 'service', 'verify', 'daemon', 'cli', 'demo', 'mcp'],
      'program: core, protocol, time, participant, client, and which repository and file is meant',
    ),
    {
      name: 'safety-wall',
      severity: 'error',
      comment: 'Names, types and remedies of what breaks a rule: core, protocol and context.',
      from: { path: '^src/safety/', pathNot: testing },
      to: { path: '^src/(?!(safety|core|protocol|context)/)' },
    },
    {
      name: 'init-is-for-the-cli',
      severity: 'error',
      comment: 'Only the CLI derives scopes.',
      from: { path: '^src/', pathNot: '^src/(init|cli)/' },
      to: { path: '^src/init/' },
    },
    {
      name: 'cli-wall',
      severity: 'error',
      comment: 'The CLI speaks to the port; only its daemon command, --direct and log files wire the daemon.',
      from: { path: '^src/cli/' },
      to: { path: '^src/(store|service|demo)/' },
    },
    {
      name: 'daemon-is-top',
      severity: 'error',
      comment: 'Only the CLI may import the daemon.',
      from: { path: '^src/', pathNot: '^src/(daemon|cli)/' },
      to: { path: '^src/daemon/' },
    },
    {
      name: 'only-the-front-door',
      severity: 'error',
      comment: 'From outside a folder import its index.ts only.',
      from: { path: '^src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/([^/]+)/',
        // Which repository is meant, and which of its files, is found without any package: so the library can do it, too.
        pathNot: [
          '^src/$1/',
          '^src/[^/]+/index\\.ts$',
          '^src/store/[^/]+/index\\.ts$',
          '^src/repository/git/index\\.ts$',
          // What may be said is described by whoever serves it over HTTP alone.
          '^src/protocol/json-schemas/index\\.ts$',
          // The YAML library is loaded by whoever reads YAML.
          '^src/repository/yaml/index\\.ts$',
          // Who writes the configuration of a client answers none of its questions.
          '^src/hooks/install/index\\.ts$',
          // Whoever plays one agent needs no desk for many.
          '^src/participant/desk/index\\.ts$',
        ],
      },
    },
    {
      name: 'sim-and-bench',
      severity: 'error',
      comment: 'Simulation drives the service, never a face.',
      from: { path: '^sim/' },
      to: { path: '^src/(cli|demo)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
