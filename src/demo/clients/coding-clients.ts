import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientPackage } from './install.ts';

/** A real coding agent, run without a person and with a model that we play. */
export interface CodingClient {
  /** As `rhema mcp --client-config` knows it; also its agent's name here. */
  readonly name: string;
  readonly title: string;
  readonly package: ClientPackage;
  /** Lays down its settings, and says how it is started. */
  readonly prepare: (setting: Setting) => ClientRun;
}

export interface Setting {
  /** A folder that is the client's home; nothing of the user's own is read or written. */
  readonly home: string;
  /** Where its model is. */
  readonly modelUrl: string;
  /** What `rhema mcp --client-config` has printed for it. */
  readonly serverConfig: string;
}

export interface ClientRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a person would type. The models here are scripted and do not read it. */
const prompt = 'Work on the api scope together with the other agents.';

/** What Claude Code has to know in its environment to speak to a model of ours, and to nobody else. */
const claudeEnv = (modelUrl: string): ClientRun['env'] => ({
  ANTHROPIC_BASE_URL: modelUrl,
  ANTHROPIC_API_KEY: 'none',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
});

export const claude = {
  name: 'claude',
  title: 'Claude Code',
  package: {
    name: '@anthropic-ai/claude-code',
    version: '2.1.330',
    program: ['@anthropic-ai', '*', 'claude'],
  },
  env: claudeEnv,
  prepare: ({ home, modelUrl, serverConfig }) => {
    const servers = join(home, 'mcp.json');
    writeFileSync(servers, serverConfig);
    return {
      args: ['-p', prompt, '--mcp-config', servers, '--strict-mcp-config', '--allowedTools', 'mcp__rhema'],
      env: claudeEnv(modelUrl),
    };
  },
} satisfies CodingClient & { readonly env: unknown };

const codexEnv = (home: string): ClientRun['env'] => ({ CODEX_HOME: home, SCRIPTED_MODEL_KEY: 'none' });

/** The settings of Codex for a model of ours. By its name it chooses which tools the model has. */
const codexConfig = (modelUrl: string, model: string): string => `model = "${model}"
model_provider = "scripted"
check_for_update_on_startup = false

[model_providers.scripted]
name = "scripted"
base_url = "${modelUrl}/v1"
wire_api = "responses"
env_key = "SCRIPTED_MODEL_KEY"
`;

export const codex = {
  name: 'codex',
  title: 'Codex',
  package: {
    name: '@openai/codex',
    version: '0.169.0',
    program: ['@openai', '*', 'vendor', '*', 'bin', 'codex'],
  },
  env: codexEnv,
  config: codexConfig,
  prepare: ({ home, modelUrl, serverConfig }) => {
    writeFileSync(join(home, 'config.toml'), `${codexConfig(modelUrl, 'scripted')}\n${serverConfig}`);
    return { args: ['exec', '--skip-git-repo-check', prompt], env: codexEnv(home) };
  },
} satisfies CodingClient & { readonly env: unknown; readonly config: unknown };

export const codingClients: readonly [CodingClient, CodingClient] = [claude, codex];
