/** The roles of the stack: who may assume them, and what they allow. */
import { AwsError, type Authorize } from '../cloud/service.js';
import type { StackIdentity } from '../cloud/resource.js';
import { parseConditions, type Conditions } from './conditions.js';
import { evaluate, refusal, refusalCode, type Decision } from './evaluate.js';
import { wildcard } from './pattern.js';
import type { Statement, TrustPolicyDocument } from './policy-document.js';

interface TrustStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly servicePrincipals: readonly string[];
  readonly conditions: Conditions;
}

interface Role {
  readonly name: string;
  readonly trust: readonly TrustStatement[];
  statements: readonly Statement[];
  /** Statements that can apply to an action, found once for each action. */
  byAction: Map<string, readonly Statement[]>;
}

export class Roles {
  readonly #roles = new Map<string, Role>();
  readonly #identity: StackIdentity;
  readonly #context: Readonly<Record<string, string>>;

  constructor(identity: StackIdentity) {
    this.#identity = identity;
    this.#context = {
      'aws:principalaccount': identity.accountId,
      'aws:resourceaccount': identity.accountId,
      'aws:requestedregion': identity.region,
      // The loopback has no TLS; on AWS the same client has. A policy that insists on TLS must not differ here.
      'aws:securetransport': 'true',
      's3:tlsversion': '1.3',
    };
  }

  /** @throws Error for trust conditions that are not supported */
  add(roleArn: string, name: string, trustPolicy: TrustPolicyDocument): void {
    const trust = trustPolicy.Statement.map((statement, index): TrustStatement => {
      const assumes = (statement.Action ?? []).some((action) => wildcard(action, 'i')('sts:AssumeRole'));
      const services = statement.Principal === '*' ? undefined : statement.Principal.Service;
      return {
        effect: statement.Effect,
        servicePrincipals: assumes ? (services ?? []) : [],
        conditions: parseConditions(statement.Condition ?? {}, `${name}, trust policy, statement ${statement.Sid ?? index}`),
      };
    });
    this.#roles.set(roleArn, { name, trust, statements: [], byAction: new Map() });
  }

  /** @throws Error where no role has that name */
  attach(roleName: string, statements: readonly Statement[]): void {
    const role = [...this.#roles.values()].find((candidate) => candidate.name === roleName);
    if (role === undefined) throw new Error(`there is no role named ${roleName}`);
    role.statements = [...role.statements, ...statements];
    role.byAction = new Map();
  }

  /**
   * Whether a service may act through a role: the role's trust policy.
   * @param service e.g. lambda.amazonaws.com
   * @param sourceArn for which of its resources the service asks, where the trust policy has a condition on it
   */
  trusts(roleArn: string, service: string, sourceArn?: string): boolean {
    const context = {
      ...this.#context,
      'aws:sourceaccount': this.#identity.accountId,
      ...(sourceArn === undefined ? {} : { 'aws:sourcearn': sourceArn }),
    };
    const matching = (this.#roles.get(roleArn)?.trust ?? []).filter(
      (statement) =>
        statement.servicePrincipals.includes(service) && statement.conditions.every((holds) => holds(context)),
    );
    return matching.length > 0 && matching.every((statement) => statement.effect === 'Allow');
  }

  nameOf(roleArn: string): string | undefined {
    return this.#roles.get(roleArn)?.name;
  }

  decide(roleArn: string, action: string, resourceArn: string): Decision {
    const role = this.#roles.get(roleArn);
    if (role === undefined) return 'not-allowed';
    let statements = role.byAction.get(action);
    if (statements === undefined) {
      statements = role.statements.filter((statement) => statement.appliesToAction(action));
      role.byAction.set(action, statements);
    }
    return evaluate(statements, action, resourceArn, { ...this.#context, 'aws:principalarn': roleArn });
  }

  /** What services ask before they touch anything. */
  readonly authorize: Authorize = (principal, action, resourceArn) => {
    if (principal.kind === 'administrator') return;
    const decision = this.decide(principal.roleArn, action, resourceArn);
    if (decision === 'allowed') return;
    const { code, status } = refusalCode(action);
    throw new AwsError(code, refusal(decision, this.sessionArn(principal), action, resourceArn), status);
  };

  /** How AWS names a principal in messages and in GetCallerIdentity. */
  sessionArn(principal: { readonly roleArn: string; readonly functionName: string }): string {
    const name = this.nameOf(principal.roleArn) ?? principal.roleArn.split('/').at(-1) ?? '';
    return `arn:aws:sts::${this.#identity.accountId}:assumed-role/${name}/${principal.functionName}`;
  }
}
