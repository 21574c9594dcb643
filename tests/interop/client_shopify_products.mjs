// npm `@shopify/shopify-api` with the store's products: what the application asks, and what it says.

import '@shopify/shopify-api/adapters/node';
import { Session, shopifyApi } from '@shopify/shopify-api';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import {
  SANDBOX, SHOPIFY, STORE, STORE_TOKEN, VERSION, check, control, document, equal, refused,
  toSandbox,
} from './checks.mjs';

const CLIENT = '@shopify/shopify-api';
const CUSTOM_ID = { namespace: '$app', key: 'tiktok_product_id' };

const shopify = shopifyApi({
  ...SHOPIFY,
  scopes: ['write_products'],
  hostName: 'app.example.com',
  apiVersion: VERSION,
  isEmbeddedApp: false,
  logger: { level: 0, log: () => undefined },
});
const session = new Session({ id: 'one', shop: STORE, state: '', isOnline: false });
session.accessToken = STORE_TOKEN;
// A client keeps the fetch that it finds when it is made.
setAbstractFetchFunc(toSandbox);
const client = new shopify.clients.Graphql({ session });
const ask = async (text, variables) => (await client.request(text, { variables })).data;

// The file behind an address of the sandbox, fetched without a token.
async function fetchLines(url) {
  const answer = await fetch(url);
  equal([answer.status, url.startsWith(SANDBOX)], [200, true]);
  return (await answer.text()).trim().split('\n').map((line) => JSON.parse(line));
}

async function checkBulk() {
  await check(CLIENT, 'clients.Graphql: bulkOperationRunQuery to its JSONL', async () => {
    const started = await ask(document('start_bulk_query'), { query: document('bulk_products') });
    const { bulkOperation, userErrors } = started.bulkOperationRunQuery;
    equal([bulkOperation.status, userErrors], ['CREATED', []]);
    const read = async () =>
      (await ask(document('bulk_operation'), { id: bulkOperation.id })).bulkOperation;
    equal((await read()).status, 'RUNNING');
    await control('POST', 'clock/advance', { seconds: 31 });
    const done = await read();
    const lines = await fetchLines(done.url);
    equal([done.status, done.objectCount], ['COMPLETED', String(lines.length)]);
    const products = new Set(lines.filter((row) => !row.__parentId).map((row) => row.id));
    const below = lines.filter((row) => row.__parentId);
    equal(below.every((row) => products.has(row.__parentId)), true);
    equal(new Set(lines.map((row) => row.id)).size, lines.length);
    return `${lines.length} lines: ${products.size} products and what is below them`;
  });
  await check(CLIENT, 'clients.Graphql: bulkOperationRunQuery, a query it refuses', async () => {
    const query = '{ products { nodes { id } } }';
    const { bulkOperationRunQuery } = await ask(document('start_bulk_query'), { query });
    const { bulkOperation, userErrors } = bulkOperationRunQuery;
    equal([bulkOperation, userErrors[0].code], [null, 'INVALID']);
    return 'nodes instead of edges: INVALID';
  });
}

function newCoat(source) {
  const row = (name, sku) => ({
    optionValues: [{ optionName: 'Size', name }], sku, price: '49.90',
    inventoryItem: { tracked: true, measurement: { weight: { unit: 'GRAMS', value: 700 } } },
  });
  return {
    title: 'Interop coat',
    status: 'DRAFT',
    productOptions: [{ name: 'Size', position: 1, values: [{ name: 'S' }, { name: 'M' }] }],
    variants: [row('S', 'IO-S'), row('M', 'IO-M')],
    files: [{ originalSource: source, contentType: 'IMAGE', alt: 'Front' }],
    metafields: [{ ...CUSTOM_ID, type: 'id', value: '1729' }],
  };
}

async function checkProducts() {
  const sizes = { variants: 10, media: 10 };
  const identifier = { customId: { ...CUSTOM_ID, value: '1729' } };
  let coat;
  await check(CLIENT, 'clients.Graphql: productSet by its own id', async () => {
    const definition = { name: 'TikTok product id', ...CUSTOM_ID, ownerType: 'PRODUCT', type: 'id' };
    await ask(document('create_metafield_definition'), { definition });
    const input = newCoat(`${SANDBOX}/cdn/coat-800x600.png`);
    const first = (await ask(document('set_product'), { identifier, input, ...sizes })).productSet;
    equal(first.userErrors, []);
    const again = (await ask(document('set_product'), { identifier, input, ...sizes })).productSet;
    equal(again.product.id, first.product.id);
    const found = await ask(document('product_by_custom_id'), { identifier, ...sizes });
    coat = found.productByIdentifier;
    equal(coat.variants.nodes.map((one) => one.sku), ['IO-S', 'IO-M']);
    return `${coat.handle}, made once and found by its id metafield`;
  });
  await check(CLIENT, 'clients.Graphql: productSet, its user errors', async () => {
    const input = { ...newCoat('nonsense'), metafields: undefined };
    const payload = (await ask(document('set_product'), { input, ...sizes })).productSet;
    equal([payload.product, payload.userErrors[0].message], [null, 'Image URL is invalid']);
    return 'a bad picture address refused';
  });
  await check(CLIENT, 'clients.Graphql: inventorySetQuantities with @idempotent', async () => {
    await setStock(coat.variants.nodes[0].inventoryItem.id);
    return 'set once, stale refused, without a key BAD_REQUEST';
  });
  await check(CLIENT, 'clients.Graphql: products, page by page', async () => {
    const text = `query($after: String) { products(first: 20, after: $after, sortKey: UPDATED_AT) {
      nodes { id } pageInfo { hasNextPage endCursor } } productsCount { count } }`;
    const ids = [];
    let page;
    do {
      page = await ask(text, { after: page?.products.pageInfo.endCursor ?? null });
      ids.push(...page.products.nodes.map((row) => row.id));
    } while (page.products.pageInfo.hasNextPage);
    equal([ids.length, new Set(ids).size], [page.productsCount.count, ids.length]);
    return `${ids.length} products, none twice`;
  });
}

async function setStock(inventoryItemId) {
  const place = await ask('{ locations(first: 1) { nodes { id } } }');
  const row = (quantity, changeFromQuantity) => ({
    inventoryItemId, locationId: place.locations.nodes[0].id, quantity, changeFromQuantity,
  });
  const text = (mark) => `mutation($input: InventorySetQuantitiesInput!) {
    inventorySetQuantities(input: $input) ${mark} { inventoryAdjustmentGroup { changes { delta } }
    userErrors { code } } }`;
  const input = (...rows) => ({ name: 'available', reason: 'correction', quantities: rows });
  const put = async (key, ...rows) =>
    (await ask(text(`@idempotent(key: "${key}")`), { input: input(...rows) }))
      .inventorySetQuantities;
  const done = await put('one', row(7, 0));
  equal([done.inventoryAdjustmentGroup.changes[0].delta, done.userErrors], [7, []]);
  equal((await put('two', row(9, 0))).userErrors, [{ code: 'CHANGE_FROM_QUANTITY_STALE' }]);
  const bare = await refused(() => ask(text(''), { input: input(row(9, 7)) }));
  equal(bare.body.errors.graphQLErrors[0].extensions.code, 'BAD_REQUEST');
}

await control('POST', 'reset');
await control('POST', 'config', { bulk_seconds: 30 });
await checkBulk();
await checkProducts();
await control('POST', 'reset');
