/** The template: intrinsics, order, and refusals before anything runs. */
import fc from 'fast-check';
import * as z from 'zod';
import { deploy } from '../../local/cloud/deploy.js';
import { namedCondition, noValue, references, resolve, type ResolutionScope } from '../../local/cloud/intrinsics.js';
import { deploymentOrder } from '../../local/cloud/order.js';
import { resourceType, type ResourceType, type StackIdentity } from '../../local/cloud/resource.js';
import { parseTemplate, type TemplateValue } from '../../local/cloud/template.js';

const identity: StackIdentity = {
  accountId: '000000000000',
  region: 'eu-west-1',
  partition: 'aws',
  stackName: 'Stack',
  stackId: 'arn:aws:cloudformation:eu-west-1:000000000000:stack/Stack/1',
};

const scope: ResolutionScope = {
  identity,
  template: {
    Mappings: { Sizes: { small: { memory: 128 } } },
    Conditions: {
      InEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      Elsewhere: { 'Fn::Not': [{ Condition: 'InEurope' }] },
      Either: { 'Fn::Or': [{ Condition: 'Elsewhere' }, { Condition: 'InEurope' }] },
      Both: { 'Fn::And': [{ Condition: 'Elsewhere' }, { Condition: 'InEurope' }] },
    },
  },
  parameters: new Map<string, TemplateValue>([['Stage', 'test']]),
  resource: () => ({ ref: 'my-table', attributes: { Arn: 'arn:aws:dynamodb:::table/my-table', 'Stream.Arn': 'stream' } }),
};

describe('intrinsics', () => {
  test.each<[string, TemplateValue, unknown]>([
    ['Ref of a resource', { Ref: 'Table' }, 'my-table'],
    ['Ref of a parameter', { Ref: 'Stage' }, 'test'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Partition' }, 'aws'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:::table/my-table'],
    ['GetAtt as text, with a dot in the attribute', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'stream'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 3]] }, 'a-test-3'],
    ['Select of Split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Table', 'Arn'] }] }] }, 'table/my-table'],
    ['Sub of text', { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}/${!literal}' }, 'eu-west-1/my-table/arn:aws:dynamodb:::table/my-table/${literal}'],
    ['Sub with values', { 'Fn::Sub': ['${a}-${Stage}', { a: { Ref: 'Table' } }] }, 'my-table-test'],
    ['If', { 'Fn::If': ['InEurope', 'yes', 'no'] }, 'yes'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, 128],
    ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['NoValue in a list and in an object', { a: [1, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } }, { a: [1] }],
    ['a policy condition, which is no intrinsic', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  ])('%s', (_name, value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  test('NoValue alone is no value', () => expect(resolve({ Ref: 'AWS::NoValue' }, scope)).toBe(noValue));

  test.each([['InEurope', true], ['Elsewhere', false], ['Either', true], ['Both', false]])('condition %s is %s', (name, expected) => {
    expect(namedCondition(name, scope)).toBe(expected);
  });

  test.each<[TemplateValue, string]>([
    [{ 'Fn::ImportValue': 'x' }, 'no other to import from'],
    [{ 'Fn::Transform': {} }, 'Fn::Transform is not supported'],
    [{ 'Fn::Cidr': [] }, 'Fn::Cidr is not supported'],
    [{ 'Fn::GetAtt': ['Table', 'Nope'] }, 'no attribute Nope'],
    [{ Ref: 'AWS::Nope' }, 'not a pseudo parameter'],
    [{ 'Fn::If': ['Unknown', 1, 2] }, 'Condition Unknown is not defined'],
    [{ 'Fn::Select': [9, ['a']] }, 'no element at index 9'],
  ])('%j is an error that says why', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });

  test('a value without intrinsics stays as it is', () => {
    const plain = fc.jsonValue().filter((value) => !/"(Ref|Fn::|__proto__")|\{\}/.test(JSON.stringify(value)));
    fc.assert(fc.property(plain, (value) => expect(resolve(z.json().parse(value), scope)).toEqual(value)));
  });

  test('references are found in every form', () => {
    const value = { a: { Ref: 'A' }, b: [{ 'Fn::GetAtt': 'B.Arn' }], c: { 'Fn::Sub': ['${C.Arn} ${given} ${!D}', { given: { Ref: 'E' } }] } };
    expect([...references(value)].sort()).toEqual(['A', 'B', 'C', 'E']);
  });
});

describe('order', () => {
  const resource = (Properties: Record<string, TemplateValue>, DependsOn?: string) => ({
    Type: 'X::Y::Z',
    Properties,
    ...(DependsOn === undefined ? {} : { DependsOn }),
  });

  test('what is referred to comes first, DependsOn too', () => {
    const order = deploymentOrder({ A: resource({ b: { Ref: 'B' } }), B: resource({}, 'C'), C: resource({}) });
    expect(order).toEqual(['C', 'B', 'A']);
  });

  test('a cycle is named', () => {
    expect(() => deploymentOrder({ A: resource({ b: { Ref: 'B' } }), B: resource({}, 'A') })).toThrow('A -> B -> A');
  });

  test('a DependsOn into nowhere is named', () => {
    expect(() => deploymentOrder({ A: resource({}, 'Gone') })).toThrow('A depends on Gone');
  });
});

describe('deploy', () => {
  const created: unknown[] = [];
  const thing: ResourceType = resourceType({
    type: 'Test::Kind::Thing',
    properties: z.strictObject({ Name: z.string().optional(), Inner: z.strictObject({ Size: z.number() }).optional() }),
    inert: { Tags: 'Tags have no effect.' },
    create: async ({ logicalId, generatedName, properties }) => {
      created.push([logicalId, properties]);
      return { ref: properties.Name ?? generatedName, attributes: { Arn: `arn:${logicalId}` } };
    },
  });
  beforeEach(() => created.splice(0));
  const run = (template: unknown) => deploy(parseTemplate(template), identity, [thing]);

  test('creates in order, leaves out what a condition leaves out, evaluates outputs', async () => {
    const deployment = await run({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Second: { Type: 'Test::Kind::Thing', Properties: { Name: { 'Fn::GetAtt': ['First', 'Arn'] }, Tags: [] }, DependsOn: ['Absent'] },
        First: { Type: 'Test::Kind::Thing', Metadata: {}, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
        Absent: { Type: 'Unknown::Type', Condition: 'Never' },
        Meta: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'x' } },
      },
      Outputs: { Name: { Value: { 'Fn::Sub': 'is ${Second}' } }, None: { Value: 'x', Condition: 'Never' } },
    });
    expect(created).toEqual([['First', {}], ['Second', { Name: 'arn:First' }]]);
    expect(deployment.outputs).toEqual({ Name: 'is arn:First' });
  });

  test('one error lists everything that is not supported, and nothing is created', async () => {
    const template = {
      Resources: {
        Fine: { Type: 'Test::Kind::Thing' },
        Queue: { Type: 'Some::Other::Type' },
        Wide: { Type: 'Test::Kind::Thing', Properties: { Colour: 'red', Inner: { Size: 1, Depth: { Ref: 'Fine' } } } },
        Lost: { Type: 'Test::Kind::Thing', Properties: { Name: { Ref: 'Nobody' } } },
      },
      Rules: { MyRule: {} },
    };
    const failure = await run(template).catch((error: unknown) => String(error));
    for (const part of ['Queue (Some::Other::Type)', 'property Colour', 'property Inner.Depth', 'no resource Nobody', 'Rules.MyRule'])
      expect(failure).toContain(part);
    expect(created).toEqual([]);
  });

  test('a wrong value names its resource and place', async () => {
    const template = { Resources: { Wide: { Type: 'Test::Kind::Thing', Properties: { Inner: { Size: 'big' } } } } };
    await expect(run(template)).rejects.toThrow('Wide (Test::Kind::Thing): Inner.Size');
  });

  test('the CDK bootstrap parameter and rule ask nothing of this machine', async () => {
    await run({
      Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' } },
      Rules: { CheckBootstrapVersion: {} },
      Resources: {},
    });
  });

  test.each([
    [{ Resources: {}, Parameters: { P: { Type: 'String' } } }, 'P has no default'],
    [{ Resources: {}, Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } } }, 'does not read parameters'],
    [{ Resources: {}, Transform: 'AWS::Serverless-2016-10-31' }, 'Transform'],
    [{ Resources: { A: { Type: 'Test::Kind::Thing', CreationPolicy: {} } } }, 'CreationPolicy'],
  ])('%j is refused', async (template, message) => {
    await expect(async () => run(template)).rejects.toThrow(message);
  });
});
