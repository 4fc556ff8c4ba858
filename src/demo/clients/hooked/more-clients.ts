import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HookedClient } from './hooked-clients.ts';

const prompt = 'Change the page.';

export const gemini: HookedClient = {
  name: 'gemini',
  title: 'Gemini CLI',
  package: {
    name: '@google/gemini-cli',
    version: '0.61.0',
    program: ['@google', 'gemini-cli', 'bundle', 'gemini.js'],
  },
  waits: 'by command',
  looksItself: false,
  // It starts every shell with an empty `core.hooksPath`.
  gitHooks: false,
  hooks: { file: '.gemini/settings.json', beforeEdit: 'BeforeTool' },
  prepare: ({ home, modelUrl }) => {
    writeJson(join(home, '.gemini', 'settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
    });
    return {
      // With a model that is named it asks none which one is to be asked.
      args: ['-p', prompt, '-m', 'gemini-2.5-pro', '--approval-mode', 'yolo', ...noServers],
      env: {
        GEMINI_API_KEY: 'none',
        GOOGLE_GEMINI_BASE_URL: modelUrl,
        // Else it starts itself once more, and a child of it goes on when it is killed.
        GEMINI_CLI_NO_RELAUNCH: 'true',
        // Its own --skip-trust leaves the hooks of the folder out.
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      },
    };
  },
};

const noServers = ['--allowed-mcp-server-names', 'none'];

export const copilot: HookedClient = {
  name: 'copilot',
  title: 'Copilot',
  package: {
    name: '@github/copilot',
    version: '1.0.102',
    program: ['@github', '*', 'copilot'],
  },
  waits: 'by command',
  looksItself: false,
  gitHooks: true,
  hooks: { file: '.github/hooks/rhema.json', beforeEdit: 'preToolUse' },
  prepare: ({ modelUrl }) => ({
    args: ['-p', prompt, '--allow-all-tools', '--trust-folder', '--no-auto-update'],
    env: {
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: 'none',
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_MODEL: 'scripted',
    },
  }),
};

export const opencode: HookedClient = {
  name: 'opencode',
  title: 'opencode',
  package: {
    name: 'opencode-ai',
    version: '1.18.33',
    program: ['*', 'bin', 'opencode'],
  },
  waits: 'by command',
  looksItself: false,
  gitHooks: true,
  hooks: null,
  prepare: ({ home, modelUrl }) => {
    const models = { scripted: { tool_call: true, limit: { context: 100_000, output: 1_000 } } };
    const options = { baseURL: `${modelUrl}/v1`, apiKey: 'none' };
    writeJson(join(home, '.config', 'opencode', 'opencode.json'), {
      autoupdate: false,
      share: 'disabled',
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      provider: { scripted: { npm: '@ai-sdk/openai-compatible', options, models } },
      permission: 'allow',
    });
    return {
      args: ['run', prompt],
      env: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        // Else it fetches a package for plugins, which ours does not need, before it does anything.
        npm_config_offline: 'true',
      },
    };
  },
};

function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, null, 2));
}
