/**
 * API Gateway (REST, v1) on this machine: resource types, control plane, and an HTTP server that serves the one stage of
 * the template at `/<stage>/` and at `/` (data-plane.ts says how a path that begins with the stage's name is read). The
 * endpoint hands it what comes for the API's own host name, too (execute-api.ts).
 */
import type { FunctionInvoker } from '../cloud/function-invoker.js';
import type { CloudModule, LogWriter, ModuleDependencies } from '../cloud/module.js';
import { apiResourceTypes } from './api-resources.js';
import { authorizerResourceType } from './authorizer-resource.js';
import { createControlPlane } from './control-plane.js';
import { DataPlane } from './data-plane.js';
import { DeclaredApis } from './declared-api.js';
import { type DeployedApi, executeApiHost } from './execute-api.js';
import { FunctionCaller } from './function-call.js';
import { gatewayResponseResourceType } from './gateway-response-resource.js';
import { GatewayState } from './gateway-state.js';
import { methodResourceType } from './method-resource.js';
import { RunningApi } from './running-api.js';
import { stageResourceType } from './stage-resource.js';
import { DeclaredKeys, usagePlanResourceTypes } from './usage-plan-resources.js';
import { UsagePlans } from './usage-plans.js';

export interface ApiGatewayDependencies extends ModuleDependencies {
  readonly functions: FunctionInvoker;
  readonly logs: LogWriter;
  /** Of the data plane; 0: any that is free. */
  readonly port: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/**
 * The module. Its server listens when `start()` resolves; `url` is the address without the stage
 * (with port 0 it is known from then on). `start()` rejects with the error of `listen` (EADDRINUSE).
 */
export function createApiGateway(dependencies: ApiGatewayDependencies): CloudModule & { readonly url: string } {
  const { identity, functions, logs, port, authorize, clock = Date.now } = dependencies;
  const apis = new DeclaredApis();
  const state = new GatewayState(dependencies.stateDirectory, clock);
  const plans = new UsagePlans(state);
  const keys = new DeclaredKeys();
  let dataPlane: DataPlane | undefined;
  let running: RunningApi | undefined;
  let deployed: DeployedApi | null | undefined;

  return {
    services: [createControlPlane({ apis, plans, authorize, identity, clock })],
    hosts: [executeApiHost(identity.region, () => deployed)],
    resourceTypes: [
      ...apiResourceTypes(apis, identity),
      methodResourceType(apis),
      authorizerResourceType(apis, identity),
      gatewayResponseResourceType(apis, identity),
      stageResourceType(apis, logs),
      ...usagePlanResourceTypes(apis, plans, keys, identity, clock),
    ],
    get url() {
      const actual = dataPlane?.port ?? port;
      if (actual === 0) throw new Error('API Gateway has no address before start()');
      return `http://127.0.0.1:${String(actual)}`;
    },
    async start() {
      await state.load();
      await keys.forgetUndeclared(plans);
      const api = apis.only;
      if (api?.stage === undefined) {
        deployed = null;
        return;
      }
      for (const type of api.gatewayResponses.withoutEffect)
        console.warn(
          `The gateway response ${type} has no effect: AWS answers 413 in its own words (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html).`,
        );
      running = new RunningApi(api, api.stage, { caller: new FunctionCaller(functions), plans, identity, clock });
      dataPlane = new DataPlane(running, clock);
      await dataPlane.listen(port);
      deployed = { apiId: api.definition.id, stage: api.stage.name, dataPlane };
    },
    async close() {
      await dataPlane?.close();
      await running?.accessLog?.close();
      await state.close();
    },
  };
}
