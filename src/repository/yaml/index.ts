export { parseYaml, type YamlFile } from './parse-yaml.ts';
export { YamlText, type ListItem, type Step } from './yaml-text.ts';
