export type JsonSchema = Readonly<Record<string, unknown>>;

/** Of the bodies that commands and queries have, by their kind. */
export interface RequestSchemas {
  readonly commands: Readonly<Record<string, JsonSchema>>;
  readonly queries: Readonly<Record<string, JsonSchema>>;
}
