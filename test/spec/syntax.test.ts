import { beforeAll, describe, expect, it } from 'vitest';
import type { Parser } from 'web-tree-sitter';
import {
  configurationFlaws,
  createParser,
  missingModules,
  readConfiguration,
  readModule,
  readModules,
  readSpec,
  specFiles,
  syntaxFlaws,
  type Module,
} from './syntax.ts';

let parser: Parser;
let modules: ReadonlyMap<string, Module>;
beforeAll(async () => {
  parser = await createParser();
  modules = readModules(parser);
});

const moduleText = (body: string): string => `---- MODULE Broken ----\n${body}\n====\n`;

describe('every module of the specification parses', () => {
  for (const path of specFiles('.tla'))
    it(path, () => {
      expect(syntaxFlaws(parser, readSpec(path))).toEqual([]);
    });
});

describe('every module extends only modules that exist', () => {
  it('and has instances only of such', () => {
    const missing = [...modules].filter(([, module]) => missingModules(modules, module).length > 0);
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it('which is seen where one does not', () => {
    const module = readModule(
      parser,
      moduleText('EXTENDS Integers, Nowhere\nM == INSTANCE Elsewhere WITH a <- b'),
    );
    expect(missingModules(modules, module)).toEqual(['Nowhere', 'Elsewhere']);
  });
});

describe('every configuration names only what its module has', () => {
  for (const path of specFiles('.cfg'))
    it(path, () => {
      expect(configurationFlaws(modules, readSpec(path))).toEqual([]);
    });
});

describe('the syntax gate', () => {
  it('finds the place of a text that does not belong there', () => {
    const [flaw] = syntaxFlaws(parser, moduleText('A == 1\nB == A \\neq 2'));
    expect(flaw).toMatchObject({ line: 3 });
    expect(flaw?.message).toContain('unexpected');
  });

  it('finds a definition that goes nowhere', () => {
    expect(syntaxFlaws(parser, moduleText('A == IF TRUE THEN 1\nB == 2'))).not.toEqual([]);
    expect(syntaxFlaws(parser, moduleText('A == (1 + 2'))).not.toEqual([]);
  });

  it('finds a module that has no end', () => {
    expect(syntaxFlaws(parser, '---- MODULE Broken ----\nA == 1\n')).not.toEqual([]);
  });

  it('reads what a module declares, defines and extends', () => {
    const text = moduleText(
      'EXTENDS Naturals, Sequences\nCONSTANTS Agent, Text(_)\nVARIABLE house\nFree(s) == s\nAll[n \\in Nat] == n',
    );
    const { names, extended } = readModule(parser, text);
    expect([...names].sort()).toEqual(['Agent', 'All', 'Free', 'Text', 'house']);
    expect(extended).toEqual(['Naturals', 'Sequences']);
  });

  it('reads what a configuration refers to', () => {
    const text =
      '\\* Module: Owner\nSPECIFICATION Spec\nCONSTANTS\n  Owner = {o1}\n  Wishes <- All\nINVARIANTS\n  Safe\n  Sound\nCHECK_DEADLOCK FALSE\n';
    expect(readConfiguration(text)).toEqual({
      module: 'Owner',
      constants: ['Owner', 'Wishes', 'All'],
      definitions: ['Spec', 'Safe', 'Sound'],
    });
  });

  it('finds a module, a constant and an invariant that do not exist', () => {
    const text = readSpec('fencing/Fencing.cfg');
    expect(configurationFlaws(modules, text.replace('Module: Fencing', 'Module: Fense'))).toEqual([
      'there is no module Fense',
    ]);
    expect(configurationFlaws(modules, text.replace('RevisionMax =', 'RevisionMin ='))).toEqual([
      'RevisionMin is not in Fencing, or in what it extends',
    ]);
    expect(configurationFlaws(modules, text.replace('FencingTokens', 'FencingToken'))).toEqual([
      'FencingToken is not in Fencing, or in what it extends',
    ]);
  });
});
