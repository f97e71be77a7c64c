/** The Admin Console: its files and, on the same host below /api, the gateway, both behind CloudFront. */
import { Aws, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  S3OriginAccessControl,
  Signing,
  ViewerProtocolPolicy,
  type BehaviorOptions,
  type FunctionAssociation,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { join } from 'node:path';
import { originSecretHeader } from '../lambdas/contract/console-origin.js';
import type { Config } from './config.js';
import { ConsoleFiles } from './console-files.js';
import { ConsoleHeaders } from './console-headers.js';
import { stageName } from './gateway.js';
import type { OriginSecret } from './origin-secret.js';

export interface ConsoleProps {
  readonly config: Config;
  readonly api: RestApi;
  readonly originSecret: OriginSecret;
}

export class Console extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { config, api, originSecret }: ConsoleProps) {
    super(scope, id);
    const { bucket } = new ConsoleFiles(this, 'Files', { config });
    const files = {
      origin: S3BucketOrigin.withOriginAccessControl(bucket, {
        originAccessControl: new S3OriginAccessControl(this, 'Access', {
          // The account's, not the region's, as the headers' name is.
          originAccessControlName: `${Stack.of(this).stackName}-console-${Aws.REGION}`,
          signing: Signing.SIGV4_ALWAYS,
        }),
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      responseHeadersPolicy: new ConsoleHeaders(this, 'Headers'),
    } satisfies BehaviorOptions;

    // No error responses: they are the whole distribution's, and would turn the API's errors into pages.
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Faxbot ${config.stage}: the Admin Console`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      // Its shortest time is a second: what says no-cache is asked for again at once, and no deployment must invalidate it.
      defaultBehavior: { ...files, cachePolicy: CachePolicy.CACHING_OPTIMIZED, functionAssociations: [this.edgeFunction('PageFunction', 'console-page')] },
      additionalBehaviors: {
        '/runtime-config.json': { ...files, cachePolicy: CachePolicy.CACHING_DISABLED },
        // The stage has the name of this path: it reaches the gateway as it is.
        [`/${stageName}/*`]: {
          origin: new HttpOrigin(`${api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
            originSslProtocols: [OriginSslPolicy.TLS_V1_2],
            // CloudFormation reads the secret when it deploys; the template holds a reference alone.
            customHeaders: { [originSecretHeader]: originSecret.secret.secretValue.unsafeUnwrap() },
          }),
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          compress: false,
          functionAssociations: [this.edgeFunction('AddressFunction', 'viewer-address')],
        },
      },
    });
  }

  /** Without a slash at its end. */
  get url(): string {
    return `https://${this.distribution.distributionDomainName}`;
  }

  /** @param name of the file below lib/edge/ */
  private edgeFunction(id: string, name: 'console-page' | 'viewer-address'): FunctionAssociation {
    return {
      eventType: FunctionEventType.VIEWER_REQUEST,
      function: new EdgeFunction(this, id, {
        comment: `Faxbot: ${name}`,
        runtime: FunctionRuntime.JS_2_0,
        code: FunctionCode.fromFile({ filePath: join(__dirname, 'edge', `${name}.cjs`) }),
      }),
    };
  }
}
