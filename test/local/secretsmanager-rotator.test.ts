/** A real rotation function: its role, its resource policy, and a cloud that is killed under it. */
import { rmSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalCloud } from '../e2e/local-cloud.js';
import { startCore, writeAssembly, type AssemblyParts } from './core-assembly.js';
import { temporaryFolder } from './one-module.js';

/** A stack whose one secret is rotated by a real function, which takes its time over setSecret. */
function rotatingStack(setSecretMilliseconds: number): AssemblyParts {
  const source = `
    const { SecretsManagerClient, PutSecretValueCommand, UpdateSecretVersionStageCommand, DescribeSecretCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-secrets-manager'))});
    const client = new SecretsManagerClient({});
    exports.handler = async ({ Step, SecretId, ClientRequestToken }) => {
      const { RotationEnabled, VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId }));
      if (!RotationEnabled || VersionIdsToStages[ClientRequestToken] === undefined) throw new Error('no rotation');
      if (Step === 'createSecret') await client.send(new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString: 'made by ' + ClientRequestToken, VersionStages: ['AWSPENDING'] }));
      if (Step === 'setSecret') await new Promise((resolve) => setTimeout(resolve, ${setSecretMilliseconds}));
      if (Step === 'finishSecret') {
        const [old] = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'));
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId: old }));
      }
    };`;
  return {
    resources: {
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'consumer', SecretString: 'old' } },
      Permission: { Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'Rotate' }, Principal: 'secretsmanager.amazonaws.com', SourceAccount: { Ref: 'AWS::AccountId' } } },
      Schedule: {
        Type: 'AWS::SecretsManager::RotationSchedule',
        DependsOn: ['Permission'],
        Properties: { SecretId: { Ref: 'Secret' }, RotationLambdaARN: { 'Fn::GetAtt': ['Rotate', 'Arn'] }, RotationRules: { ScheduleExpression: 'rate(30 days)' } },
      },
    },
    functions: {
      Rotate: {
        source,
        statements: [{ Effect: 'Allow', Action: ['secretsmanager:DescribeSecret', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'], Resource: { Ref: 'Secret' } }],
        properties: { MemorySize: 512, Timeout: 60 },
      },
    },
  };
}

/** The value of the stack's secret at a stage; undefined where no version has it. */
async function valueAt(secrets: SecretsManagerClient, VersionStage: string): Promise<string | undefined> {
  return secrets.send(new GetSecretValueCommand({ SecretId: 'consumer', VersionStage })).then(({ SecretString }) => SecretString, () => undefined);
}

async function eventually<Value>(look: () => Promise<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  const deadline = Date.now() + 50_000;
  for (;;) {
    const value = await look();
    if (isIt(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a real function rotates, with its role and its resource policy', async () => {
  const core = await startCore(rotatingStack(0));
  const secrets = new SecretsManagerClient({ endpoint: core.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  try {
    expect(await eventually(() => valueAt(secrets, 'AWSCURRENT'), (value) => value !== 'old')).toMatch(/^made by /);
    expect([await valueAt(secrets, 'AWSPREVIOUS'), core.warnings]).toEqual(['old', []]);
  } finally {
    secrets.destroy();
    await core.end();
  }
});

test('a cloud that is killed in the middle of a rotation ends that rotation, and begins no other', async () => {
  const assembly = writeAssembly(rotatingStack(1500));
  const folder = temporaryFolder();
  const options = { assembly, state: folder.path };
  const first = await startLocalCloud(options);
  const pending = await eventually(() => valueAt(first.clients.secrets, 'AWSPENDING'), (value) => value !== undefined);
  expect(await valueAt(first.clients.secrets, 'AWSCURRENT')).toBe('old');
  await first.kill();
  const second = await startLocalCloud(options);
  try {
    expect(await eventually(() => valueAt(second.clients.secrets, 'AWSCURRENT'), (value) => value !== 'old')).toBe(pending);
    expect(await valueAt(second.clients.secrets, 'AWSPREVIOUS')).toBe('old');
  } finally {
    await second.stop();
    folder.remove();
    rmSync(assembly, { recursive: true, force: true });
  }
});
