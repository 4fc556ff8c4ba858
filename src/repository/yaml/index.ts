export { parseYaml, type ParsedYaml, type YamlFile } from './parse-yaml.ts';
export { YamlText, type ListItem } from './yaml-text.ts';
