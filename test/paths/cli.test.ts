import { describe, expect, it } from 'vitest';
import { words } from './cli-words.ts';
import { walkTestedModels } from './suite.ts';

describe('the command line, called in this process', () => {
  const said = walkTestedModels('cli');

  it('was asked for everything that can be typed', () => {
    const written = ['DefineScope', 'RemoveScope', 'Configure'];
    expect([...said]).toEqual(expect.arrayContaining([...Object.keys(words), ...written]));
  });
});
