/** The order in which resources come to life: whatever one refers to or depends on stands before it. */
import { references } from './intrinsics.js';
import { DeploymentError, type Template, type TemplateResource } from './template.js';

/**
 * Logical ids in dependency order, stable for one template.
 * @throws DeploymentError that names the resources of a cycle, or a resource that DependsOn names and that isn't there
 */
export function deploymentOrder(resources: Template['Resources']): readonly string[] {
  const order: string[] = [];
  const settled = new Set<string>();
  const path: string[] = [];

  const visit = (logicalId: string, resource: TemplateResource): void => {
    if (settled.has(logicalId)) return;
    if (path.includes(logicalId))
      throw new DeploymentError([
        `these resources wait for each other: ${[...path.slice(path.indexOf(logicalId)), logicalId].join(' -> ')}.`,
      ]);
    path.push(logicalId);
    for (const needed of dependencies(resource)) {
      const next = resources[needed];
      if (next !== undefined) visit(needed, next);
    }
    path.pop();
    settled.add(logicalId);
    order.push(logicalId);
  };

  const absent = Object.entries(resources).flatMap(([logicalId, resource]) =>
    dependsOn(resource)
      .filter((name) => resources[name] === undefined)
      .map((name) => `${logicalId} depends on ${name}, which the template does not have.`),
  );
  if (absent.length > 0) throw new DeploymentError(absent);
  for (const [logicalId, resource] of Object.entries(resources)) visit(logicalId, resource);
  return order;
}

function dependencies(resource: TemplateResource): readonly string[] {
  return [...dependsOn(resource), ...references(resource.Properties ?? {})];
}

function dependsOn({ DependsOn: names }: TemplateResource): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names;
}
