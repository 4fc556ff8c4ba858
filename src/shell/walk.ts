/**
 * Goes through the tree of a command line in the order in which bash would run it, and keeps what is known on the way: the working
 * folder, variables, functions.
 *
 * A command is taken to succeed, so what comes after `&&` is run, and in the folder that a `cd` before it names. A test may go either
 * way; where the ways meet again, only what is the same on both is known. A loop over names that are known is gone through once for
 * each, any other once with what it sets not known.
 */
import {
  forEachChild,
  parse,
  type AndOr,
  type Command,
  type CompoundList,
  type For,
  type Function as FunctionNode,
  type If,
  type Pipeline,
  type PipelineNode,
  type Redirection,
  type Select,
  type Statement,
  type SyntaxNode,
} from 'unbash';
import { commandsMax, depthMax, rereadingMax, textLengthMax } from './bounds.ts';
import { runSimple, type Shell } from './commands.ts';
import { unknownField, type Field } from './fields.ts';
import { Findings } from './findings.ts';
import { withoutMarks } from './places.ts';
import { become, copyOf, firstState, meet, type State } from './state.ts';
import { argumentFields, fieldsOf, valueOf } from './words.ts';

type Node = PipelineNode | AndOr | CompoundList;

export class Walk implements Shell {
  readonly findings = new Findings();
  #depth = 0;
  #commands = 0;
  readonly #called = new Set<FunctionNode>();

  /** The whole command line. */
  start(text: string): void {
    const state = firstState();
    this.text(withoutMarks(text), state);
    // What is defined may be run later: by a trap, or by the next command line of the same shell.
    for (const node of state.functions.values())
      if (!this.#called.has(node))
        this.#deeper(() => this.#node(node.body, { ...copyOf(state), ended: null, args: null }));
  }

  text = (text: string, state: State): void => {
    if (text.length > textLengthMax || openings(text) * text.length > rereadingMax) return this.#tooMuch();
    this.#deeper(() => {
      const script = parse(text);
      if (script.errors !== undefined && script.errors.length > 0) this.findings.unjudge('', 'syntax');
      this.#statements(script.commands, state);
    });
  };

  call = (name: string, args: readonly Field[], state: State): boolean => {
    const node = state.functions.get(name);
    if (node === undefined) return false;
    this.#called.add(node);
    const { args: before } = state;
    state.args = args;
    this.#deeper(() => this.#node(node.body, state));
    state.args = before;
    // Whether it was `return` or `exit` that ended it is not told apart.
    state.ended = null;
    return true;
  };

  goesOn = (): boolean => {
    this.#commands += 1;
    if (this.#commands <= commandsMax) return true;
    this.#tooMuch();
    return false;
  };

  #tooMuch(): void {
    this.findings.unjudge('', 'size');
  }

  #deeper(work: () => void): void {
    if (this.#depth >= depthMax) return this.#tooMuch();
    this.#depth += 1;
    try {
      work();
    } finally {
      this.#depth -= 1;
    }
  }

  #statements(statements: readonly Statement[], state: State): void {
    for (const { command, background } of statements) {
      if (state.ended !== null) return;
      this.#node(command, background === true ? copyOf(state) : state);
    }
  }

  #node(node: Node, state: State): void {
    if (node.type === 'Command') return this.#command(node, state);
    this.#deeper(() => this.#compound(node, state));
  }

  #compound(node: Exclude<Node, Command>, state: State): void {
    switch (node.type) {
      case 'CompoundList':
        return this.#statements(node.commands, state);
      case 'AndOr':
        return this.#andOr(node, state);
      case 'Pipeline':
        return this.#pipeline(node, state);
      case 'Redirected':
        this.#redirections(node.redirects, state);
        return this.#node(node.command, state);
      case 'Subshell':
        return this.#apart(node.body, state);
      case 'BraceGroup':
        return this.#node(node.body, state);
      case 'Coproc':
        return this.#apart(node.body, state);
      case 'Function':
        state.functions.set(nameOf(node), node);
        return;
      case 'If':
        return this.#if(node, state);
      case 'Case':
        this.#inner(node.word, state);
        return this.#ways(
          node.items.map(({ body }) => body),
          state,
          false,
        );
      case 'For':
      case 'Select':
        return this.#for(node, state);
      case 'While':
        return this.#loop([node.clause, node.body], state);
      case 'ArithmeticFor':
        return this.#loop([node.body], state);
      case 'TestCommand':
      case 'ArithmeticCommand':
        return this.#inner(node, state);
    }
  }

  /** In a shell of its own: nothing of it is left but files. */
  #apart(node: Node, state: State): void {
    this.#node(node, copyOf(state));
  }

  #pipeline({ commands }: Pipeline, state: State): void {
    const [only, ...others] = commands;
    if (only !== undefined && others.length === 0) return this.#node(only, state);
    for (const command of commands) this.#apart(command, state);
  }

  #andOr({ commands, operators }: AndOr, state: State): void {
    let start = copyOf(state);
    for (const [index, command] of commands.entries()) {
      if (state.ended !== null) return;
      const operator = operators[index - 1];
      const before = copyOf(state);
      if (operator === undefined) {
        this.#node(command, state);
        start = before;
      } else if (operator === '&&') {
        const then = { ...copyOf(state), ended: null };
        this.#node(command, then);
        const isCertain = !isTest(commands[index - 1]) && then.ended === null;
        if (isCertain) become(state, then);
        else meet(state, [before, then]);
      } else {
        // It failed, so a `cd` in it did nothing, or it is not known how far it came.
        const other = { ...copyOf(start), ended: null };
        this.#node(command, other);
        if (other.ended === null) meet(state, [before, other]);
      }
    }
  }

  #if(node: If, state: State): void {
    const ends: State[] = [];
    let way = copyOf(state);
    for (const branch of [node, ...node.elif]) {
      this.#node(branch.clause, way);
      const then = { ...copyOf(way), ended: null };
      this.#node(branch.then, then);
      ends.push(then);
    }
    way = { ...way, ended: null };
    if (node.else !== undefined) this.#node(node.else, way);
    meet(state, [...ends, way]);
  }

  #ways(bodies: readonly CompoundList[], state: State, isOneTaken: boolean): void {
    const ends = bodies.map((body) => {
      const way = copyOf(state);
      this.#node(body, way);
      return way;
    });
    meet(state, isOneTaken ? ends : [...ends, copyOf(state)]);
  }

  #for(node: For | Select, state: State): void {
    const name = node.name.value;
    for (const word of node.wordlist ?? []) this.#inner(word, state);
    const list = node.wordlist?.flatMap((word) => fieldsOf(word, state)) ?? state.args;
    const isCertain = list?.every((field) => field.kind === 'text' && field.pattern === null) === true;
    if (list === null || !isCertain || node.type === 'Select')
      return this.#loop([node.body], state, { name, values: list ?? [unknownField('variable')] });
    for (const value of list) {
      state.variables.set(name, [value]);
      this.#node(node.body, state);
      if (state.ended === 'turn') state.ended = null;
      if (state.ended !== null) break;
    }
    if (state.ended === 'loop') state.ended = null;
  }

  /** How often is not known, so what it sets and where it goes is not, either. */
  #loop(
    bodies: readonly CompoundList[],
    state: State,
    over?: { readonly name: string; readonly values: readonly Field[] },
  ): void {
    const changes = new Changes();
    for (const body of bodies) changes.look(body);
    const before = copyOf(state);
    if (changes.moves) state.folder = null;
    for (const name of changes.sets) state.variables.set(name, [unknownField('variable')]);
    const after: State[] = [];
    for (const value of over?.values ?? [null]) {
      const turn = copyOf(state);
      if (over !== undefined && value !== null) turn.variables.set(over.name, [value]);
      for (const body of bodies) this.#node(body, turn);
      after.push({ ...turn, ended: turn.ended === 'all' ? 'all' : null });
    }
    meet(state, [before, ...after]);
  }

  #command(node: Command, state: State): void {
    forEachChild(node, (child) => this.#inner(child, state));
    this.#redirections(node.redirects, state);
    const assigned = node.prefix.flatMap((part) => (part.type === 'Assignment' ? [part] : []));
    if (node.name === undefined) {
      for (const { name, value, append, index } of assigned) {
        if (append === true || index !== undefined) state.variables.set(name, [unknownField('variable')]);
        else if (value.type === 'ArrayValue')
          state.variables.set(
            name,
            value.elements.flatMap((word) => fieldsOf(word, state)),
          );
        else state.variables.set(name, [valueOf(value, state)]);
      }
      return;
    }
    const fields = [...fieldsOf(node.name, state), ...argumentFields(node.args, state)];
    const inputs = node.redirects.flatMap((redirect) =>
      redirect.type === 'Redirect' && redirect.operator === '<' && redirect.target !== undefined
        ? fieldsOf(redirect.target, state)
        : [],
    );
    runSimple(
      { fields, input: inputOf(node.redirects), inputs, assigned: assigned.map(({ name }) => name) },
      state,
      this,
    );
  }

  #redirections(redirects: readonly Redirection[], state: State): void {
    for (const redirect of redirects) {
      if (redirect.type !== 'Redirect' || redirect.target === undefined) continue;
      const { operator, target } = redirect;
      if (operator === '<' || operator === '<&') continue;
      if (operator === '>&' && /^(\d+-?|-)$/.test(target.value)) continue;
      for (const field of fieldsOf(target, state)) this.findings.write(operator, state.folder, field);
    }
  }

  /** Substitutions are run wherever they stand. */
  #inner(node: SyntaxNode, state: State): void {
    if (node.type === 'Script') return this.#deeper(() => this.#script(node, copyOf(state)));
    this.#deeper(() => forEachChild(node, (child) => this.#inner(child, state)));
  }

  #script(node: SyntaxNode & { type: 'Script' }, state: State): void {
    if (node.errors !== undefined && node.errors.length > 0) this.findings.unjudge('', 'syntax');
    this.#statements(node.commands, state);
  }
}

const nameOf = ({ name }: FunctionNode): string => name.value;

/** How much may have to be read again. */
const openings = (text: string): number => text.match(/[$<>]\(|<</g)?.length ?? 0;

/** What fails as often as not. */
function isTest(node: PipelineNode | undefined): boolean {
  if (node?.type === 'TestCommand' || node?.type === 'ArithmeticCommand') return true;
  if (node?.type === 'Pipeline')
    return node.prefixes.some(({ type }) => type === 'Negation') || isTest(node.commands.at(-1));
  return (
    node?.type === 'Command' &&
    /^(\[|test|grep|egrep|rg|which|type|hash|false|command|diff|cmp|pgrep)$/.test(node.name?.value ?? '')
  );
}

/** The here-document that a command gets as its input, if it is certain. */
function inputOf(redirects: readonly Redirection[]): string | null {
  const last = redirects.findLast(({ type, operator }) => type !== 'Redirect' || operator === '<');
  if (last?.type !== 'HereDoc') return null;
  const { body, delimiter, operator } = last;
  const isPlain = delimiter?.quoted === true || !/[$`\\]/.test(body.text);
  const text = operator === '<<-' ? body.text.replaceAll(/^\t+/gm, '') : body.text;
  return isPlain ? withoutMarks(text) : null;
}

/** What a loop changes from turn to turn. */
class Changes {
  readonly sets = new Set<string>();
  moves = false;
  #depth = 0;

  look(node: SyntaxNode): void {
    if (node.type === 'Subshell' || node.type === 'Script' || this.#depth > depthMax) return;
    if (node.type === 'Assignment') this.sets.add(node.name);
    else if (node.type === 'For') this.sets.add(node.name.value);
    else if (node.type === 'Command') this.#command(node);
    this.#depth += 1;
    forEachChild(node, (child) => this.look(child));
    this.#depth -= 1;
  }

  #command(node: Command): void {
    const name = node.name?.value ?? '';
    if (/^(cd|pushd|popd|eval|source|\.)$/.test(name)) this.moves = true;
    if (!/^(read|mapfile|readarray|getopts|unset|printf)$/.test(name)) return;
    for (const arg of node.args) if (arg.type === 'Word') this.sets.add(arg.value);
  }
}
