import type { Catalog } from '#nodes/kit/define.ts';
import { problem, warning } from '#nodes/kit/issues.ts';
import { checkDangling, checkIds, hasErrors, type PlacedIssue } from '../check.ts';
import { FORMAT_VERSION, pipelineDocument, type DocumentNode, type PipelineDocument } from '../document.ts';
import { migrateParams } from '../node-params.ts';
import { nodeType } from '../look-up.ts';
import { unkeepable } from '../odd-values.ts';

export interface ReadResult {
  /** Null when the text is no pipeline at all, or two of its nodes have one id; the issues say where. */
  readonly document: PipelineDocument | null;
  readonly issues: readonly PlacedIssue[];
}

/** `steps[n]` turns a document of format n into one of format n + 1. */
export type FormatSteps = Readonly<Record<number, (document: Record<string, unknown>) => Record<string, unknown>>>;
/** There has been one format so far. */
const STEPS: FormatSteps = {};
const SHOWN_ISSUES = 50;

/**
 * Reads what claims to be a pipeline: brings older formats and older node versions up to date and says, with the place, what is wrong.
 * Unknown node types, newer node versions and wires with an absent end are kept, so that the rest stays editable.
 */
export function readDocument(input: unknown, catalog: Catalog): ReadResult {
  const migrated = migrateFormat(input, STEPS, FORMAT_VERSION);
  if ('issue' in migrated) return { document: null, issues: [migrated.issue] };
  const lost = unkeepable(migrated.document);
  if (lost) return { document: null, issues: [invalid(placeText(lost.path), lost.why, nodeAt(migrated.document, lost.path))] };
  const parsed = pipelineDocument.safeParse(migrated.document);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, SHOWN_ISSUES).map((each) => invalid(placeText(each.path), each.message, nodeAt(migrated.document, each.path)));
    return { document: null, issues };
  }
  const duplicates = checkIds(parsed.data);
  if (hasErrors(duplicates)) return { document: null, issues: duplicates };
  const issues: PlacedIssue[] = [];
  const nodes = parsed.data.nodes.map((node) => migrateNode(node, catalog, issues));
  const document = { ...parsed.data, nodes };
  return { document, issues: [...checkDangling(document), ...issues] };
}

/** Runs the steps from the document's format to the wanted one, in order. */
export function migrateFormat(input: unknown, steps: FormatSteps, target: number): { document: Record<string, unknown> } | { issue: PlacedIssue } {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { issue: invalid('', 'A pipeline is a JSON object.', null) };
  let document = input as Record<string, unknown>;
  const version = document.formatVersion;
  if (typeof version !== 'number' || !Number.isInteger(version)) return { issue: invalid('formatVersion', `Expected a whole number such as ${target}.`, null) };
  if (version > target) {
    return {
      issue: invalid(
        'formatVersion',
        `The file has format ${version}, made by a newer Modelwright; here format ${target} is the newest. Update this installation.`,
        null,
      ),
    };
  }
  for (let from = version; from < target; from++) {
    const step = steps[from];
    if (!step)
      return {
        issue: invalid(
          'formatVersion',
          `Format ${version} is not known. The oldest that can be read is ${Math.min(target, ...Object.keys(steps).map(Number))}.`,
          null,
        ),
      };
    document = { ...step(document), formatVersion: from + 1 };
  }
  return { document };
}

function migrateNode(node: DocumentNode, catalog: Catalog, issues: PlacedIssue[]): DocumentNode {
  const definition = nodeType(catalog, node.type);
  if (!definition) {
    issues.push({
      ...warning('node_unknown_type', `Unknown node type "${node.type}": this installation does not have it; the node is kept as it is.`),
      node: node.id,
    });
    return node;
  }
  if (node.version > definition.version) {
    const message = `Made with a newer version of "${definition.title}" (${node.version}; here is ${definition.version}); the node is kept as it is.`;
    issues.push({ ...warning('node_newer_version', message), node: node.id });
    return node;
  }
  if (node.version === definition.version) return node;
  try {
    return { ...node, version: definition.version, params: migrateParams(definition, node.version, node.params) };
  } catch {
    const message = `The parameters of version ${node.version} of "${definition.title}" could not be brought to version ${definition.version}. Set them again.`;
    issues.push({ ...problem('parameter_invalid', message), node: node.id });
    return node;
  }
}

function invalid(place: string, message: string, node: string | null): PlacedIssue {
  return { ...problem('data_unparsable', `The pipeline cannot be read${place === '' ? '' : ` at ${place}`}: ${message}`), node };
}

/** `nodes[3].params` */
function placeText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');
}

function nodeAt(document: Record<string, unknown>, [list, index]: readonly PropertyKey[]): string | null {
  if (list !== 'nodes' || typeof index !== 'number' || !Array.isArray(document.nodes)) return null;
  const id = (document.nodes[index] as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : null;
}
