import { describe, expect, it } from 'vitest';
import { derived } from './support.ts';

describe('Cargo', () => {
  it('members of a workspace and excluded crates are scopes, with the dependencies that have a path', async () => {
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["crates/*"]
exclude = ["crates/excluded"]
[workspace.dependencies]
shared = { path = "crates/shared" }
`,
      'crates/api/Cargo.toml': `[package]
name = "api"
[dependencies]
shared.workspace = true
serde = "1"
[target.'cfg(unix)'.dependencies]
unix = { package = "unix-only", path = "../unix" }
`,
      'crates/shared/Cargo.toml':
        '[package]\nname = "shared"\n[dev-dependencies]\ntesting = { path = "../../testing" }\n',
      'crates/unix/Cargo.toml':
        '[package]\nname = "unix-only"\n[build-dependencies]\nshared = { workspace = true }\n',
      'crates/excluded/Cargo.toml': '[package]\nname = "excluded"\n',
      'testing/Cargo.toml': '[package]\nname = "testing"\n',
      'elsewhere/Cargo.toml':
        '[package]\nname = "elsewhere"\n[dependencies]\nshared = { path = "../crates/shared" }\n',
    });
    expect(graph).toEqual({
      '.': [],
      'crates/api': ['crates/shared', 'crates/unix'],
      'crates/excluded': [],
      'crates/shared': ['testing'],
      'crates/unix': ['crates/shared'],
      // No member, but a scope as any folder at the top is: then what it needs counts as well.
      elsewhere: ['crates/shared'],
      testing: [],
    });
  });

  it('a member that is named one by one stays a member where a folder around it is excluded', async () => {
    const crate = (name: string): string => `[package]\nname = "${name}"\n[dependencies]\n`;
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["old/kept", "new/*"]
exclude = ["old", "new/out"]
[workspace.dependencies]
kept = { path = "old/kept" }
`,
      'old/kept/Cargo.toml': crate('kept'),
      'old/other/Cargo.toml': `${crate('other')}kept.workspace = true\n`,
      'new/in/Cargo.toml': `${crate('in')}kept.workspace = true\n`,
      'new/out/Cargo.toml': `${crate('out')}kept.workspace = true\n`,
      'old/kept/inner/Cargo.toml': crate('inner'),
    });
    // What is excluded has no workspace to take a path from; what lies in a member is not its own workspace's.
    expect(graph).toEqual({
      '.': [],
      'new/in': ['old/kept'],
      'new/out': [],
      'old/kept': [],
      'old/other': [],
    });
  });

  it('a crate that is patched by one here is that one', async () => {
    const graph = await derived({
      'Cargo.toml': `[workspace]
members = ["app"]
[workspace.dependencies]
three = { version = "3", package = "three-real" }
[patch.crates-io]
one = { path = "forks/one" }
renamed = { path = "forks/three", package = "three-real" }
[patch."https://example.org/two"]
two = { path = "forks/two" }
`,
      'app/Cargo.toml': `[package]
name = "app"
[dependencies]
alias = { version = "1", package = "one" }
two = { git = "https://example.org/two" }
three.workspace = true
other = { git = "https://example.org/one", package = "one" }
`,
      'forks/one/Cargo.toml': '[package]\nname = "one"\n',
      'forks/two/Cargo.toml':
        '[package]\nname = "two"\n[dependencies]\none = { registry = "own", version = "1" }\n',
      'forks/three/Cargo.toml': '[package]\nname = "three-real"\n[dependencies]\none = "1"\n',
    });
    expect(graph).toEqual({
      '.': [],
      app: ['forks/one', 'forks/three', 'forks/two'],
      'forks/one': [],
      'forks/three': ['forks/one'],
      'forks/two': [],
    });
  });

  it('crates without a workspace are scopes', async () => {
    const graph = await derived({
      'one/Cargo.toml':
        '[package]\nname = "one"\n[dependencies]\ntwo = { path = "../two", optional = true }\n',
      'two/Cargo.toml':
        '[package]\nname = "two"\n[dependencies]\nthree = "1"\n[patch.crates-io]\nthree = { path = "../three" }\n',
      'three/Cargo.toml': '[package]\nname = "three"\n',
    });
    expect(graph).toEqual({ '.': [], one: ['two'], three: [], two: ['three'] });
  });
});
