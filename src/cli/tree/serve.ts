import { Option, type Command } from 'commander';
import type { LogLevelWish } from '../../observe/index.ts';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { servedAt } from '../served-at.ts';

/** The same list, which is not loaded for a tree of commands. */
const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] satisfies LogLevelWish[];

/** `rhema serve`, and who is let in. */
export function addServeCommands(program: Command, host: Host): void {
  const serve = program
    .command('serve')
    .description(
      'coordinate agents on any host: the coordinator in the foreground, answering over HTTP as well',
    )
    .argument(
      '[repositories...]',
      'folders, or NAME=FOLDER: each is served at /NAME; else the repository here, at the top',
    )
    .option('--port <number>', '0: any that is free', String(servedAt.port))
    .option('--host <address>', 'where to listen; others than this machine need encryption', servedAt.host)
    .option('--tls-cert <file>', 'in PEM, with --tls-key: answer over HTTPS')
    .option('--tls-key <file>', 'in PEM')
    .option('--behind-proxy', 'a proxy in front encrypts, and says in X-Forwarded-For who asks')
    .addOption(
      new Option(
        '--allow-host <name...>',
        'answer to these names, too, as a proxy or a client calls this server',
      ),
    )
    .option('--prefix <path>', 'what comes before each path, as in /rhema')
    .option('--rate <number>', 'requests that one token has in a second', '1000')
    .addOption(
      new Option(
        '--log-level <level>',
        'what is written to standard error (docs/logs.md), instead of what RHEMA_LOG_LEVEL says, or info',
      ).choices(logLevels),
    );
  examples(
    serve,
    'rhema serve',
    'rhema serve --port 0 --json',
    'rhema serve shop api=backend',
    'rhema serve --host 0.0.0.0 --tls-cert c.pem --tls-key k.pem --allow-host build.example.org',
  );
  notes(serve, serveNotes);
  implement(serve, host, async () => (await import('../commands/serve.ts')).serve);
  addToken(program, host);
  addLogin(program, host);
}

const serveNotes = `The command line, hooks and \`rhema mcp\` on this machine go on as before, without a token. Whoever comes over HTTP
needs one: \`rhema token create\`. A socket that systemd has opened (LISTEN_FDS) is served in place of --host and --port. docs/serve.md has the API, and what is promised
to whom.`;

function addToken(program: Command, host: Host): void {
  const load = () => import('../commands/token.ts');
  const group = program.command('token').description('who is let in over HTTP (rhema serve)');

  const create = group
    .command('create')
    .description('make a token; it is shown this once')
    .argument('<name>', 'who has it; stands in the log beside each act')
    .requiredOption('--role <role>', 'observer: looks; agent: takes part; operator: may do everything')
    .option(
      '--agents <pattern...>',
      'of an agent: names that it may take part as, * for any letters; else any',
    )
    .option('--expires <duration>', 'how long it is good for, or never', '90d')
    .usage('--role <role> [options] <name>');
  examples(
    create,
    'rhema token create ci --role agent --agents "ci-*"',
    'rhema token create wall --role observer --expires never',
  );
  implement(create, host, async () => (await load()).tokenCreate);

  const list = group.command('list').description('all tokens, without what is secret of them');
  examples(list, 'rhema token list --json');
  implement(list, host, async () => (await load()).tokenList);

  const revoke = group
    .command('revoke')
    .description('let nobody in by it from now on')
    .argument('<token>', 'its name or its id');
  examples(revoke, 'rhema token revoke ci');
  implement(revoke, host, async () => (await load()).tokenRevoke);
}

function addLogin(program: Command, host: Host): void {
  const load = () => import('../commands/login.ts');
  const login = program
    .command('login')
    .description(
      'coordinate this clone by a server (rhema serve) elsewhere: keep a token for it, in a file that only you can read, and note the server in the Git folder',
    )
    .argument('<url>', 'of the server, as it printed it')
    .option('--token-only', 'note nothing in this clone: the server is named by --server or RHEMA_SERVER')
    .option('--token-file <file>', 'where the token is; else it is asked for, or read from standard input');
  examples(
    login,
    'rhema login https://build.example.org:7421',
    'rhema login http://127.0.0.1:7421 < token.txt',
  );
  implement(login, host, async () => (await load()).login);

  const logout = program
    .command('logout')
    .description(
      'forget the token of a server, and coordinate this clone on this machine again; `rhema token revoke` there ends the token',
    )
    .argument('[url]', 'of the server; else the one that is noted in this clone');
  examples(logout, 'rhema logout', 'rhema logout https://build.example.org:7421');
  implement(logout, host, async () => (await load()).logout);

  const whoami = program
    .command('whoami')
    .description('by whose token the server is asked, what that may do, and until when')
    .usage('[options]');
  examples(whoami, 'rhema whoami', 'rhema whoami --server https://build.example.org:7421 --json');
  implement(whoami, host, async () => (await import('../commands/whoami.ts')).whoami);
}
