// npm `tiktok-shop-sdk` against the sandbox: its addresses are fixed, so `fetch` goes elsewhere.

import { TikTokShopSDK } from 'tiktok-shop-sdk';
import {
  SANDBOX, TIKTOK, US, check, control, equal, read, receive, redirectOf, refused, toSandbox,
} from './checks.mjs';

const CLIENT = 'tiktok-shop-sdk';

function shop({ secret = TIKTOK.appSecret, token = US.token, cipher = US.cipher } = {}) {
  const sdk = new TikTokShopSDK({ appKey: TIKTOK.appKey, appSecret: secret });
  sdk.setAccessToken(token);
  sdk.setShopCipher(cipher);
  return sdk;
}

const place = async (count, wish = {}) =>
  (await control('POST', 'orders', { count, hold: false, ...wish })).ids;

const search = (sdk, query = {}, body = {}) =>
  sdk.order.getOrderList({ query: { page_size: 20, ...query }, body });

async function checkReading(us, ids) {
  await check(CLIENT, 'getAuthorizedShops, getActiveShops', async () => {
    const { shops } = (await us.shop.getAuthorizedShops()).data;
    equal(shops.map((one) => [one.id, one.cipher]), [[US.id, US.cipher]]);
    equal((await us.seller.getActiveShops()).data.shops, [{ id: US.id, region: 'US' }]);
    return `${shops.length} shop, its cipher`;
  });
  await check(CLIENT, 'getOrderList, page by page', async () => {
    const found = [];
    const tokens = [];
    do {
      const more = tokens.length ? { page_token: tokens.at(-1) } : {};
      const query = { page_size: 3, sort_field: 'create_time', sort_order: 'ASC', ...more };
      const { data } = await search(us, query, { order_status: 'AWAITING_SHIPMENT' });
      found.push(...data.orders.map((order) => order.id));
      tokens.push(data.next_page_token);
    } while (tokens.at(-1));
    equal([found, tokens.length], [ids, 3]);
    equal([...'+/='].filter((sign) => !tokens.join('').includes(sign)), []);
    return `${found.length} orders on ${tokens.length} pages, + / = in the page tokens`;
  });
  await check(CLIENT, 'getOrderDetail, two ids joined by a comma', async () => {
    const { orders } = (await us.order.getOrderDetail({ ids: ids.slice(0, 2) })).data;
    equal(orders.map((order) => order.id), ids.slice(0, 2));
    return '2 orders';
  });
  await check(CLIENT, 'getPriceDetail', async () => {
    const { data } = await us.order.getPriceDetail({ order_id: ids[0] });
    return `payment ${data.payment}`;
  });
  await check(CLIENT, 'searchProducts, getProduct', async () => {
    const { products } = (await us.product.searchProducts({ query: { page_size: 5 }, body: {} })).data;
    const { data } = await us.product.getProduct({ product_id: products[0].id });
    equal([products.length, data.id], [5, products[0].id]);
    return '5 products, the first in full';
  });
  await check(CLIENT, 'getWarehouseList, getWarehouseDeliveryOptions, getShippingProviders', async () => {
    const { warehouses } = (await us.logistic.getWarehouseList()).data;
    const options = await us.logistic.getWarehouseDeliveryOptions(warehouses[0].id);
    const option = options.data.delivery_options[0].id;
    const { shipping_providers: rows } = (await us.logistic.getShippingProviders(option)).data;
    equal(rows.some((row) => row.name === 'USPS'), true);
    return `${warehouses.length} warehouses, ${rows.length} carriers`;
  });
}

async function checkRefusals(us) {
  await check(CLIENT, 'wrong signature', async () => {
    const error = await refused(() => search(shop({ secret: 'not-the-secret' })));
    equal([error.name, error.code], ['TikTokAPIError', 106001]);
    return 'refused with 106001';
  });
  for (const [name, seconds] of [['301 s old', 301], ['31 s ahead', -32]]) {
    await check(CLIENT, `timestamp ${name}`, async () => {
      await control('POST', 'faults', { action: 'clock_skew', platform: 'tiktok', seconds });
      const error = await refused(() => search(us));
      equal([error.name, error.code], ['TikTokAPIError', 36009004]);
      return 'refused with 36009004';
    });
    await control('DELETE', 'faults');
  }
  await check(CLIENT, 'unknown token', async () => {
    const error = await refused(() => search(shop({ token: 'TTP_nobody' })));
    equal([error.name, error.code], ['TikTokAPIError', 36009004]);
    return 'refused with 36009004';
  });
}

async function checkWriting(us, ids) {
  await check(CLIENT, 'addExternalOrderReferences, getExternalOrderReferences', async () => {
    const reference = { id: '9012', platform: 'SHOPIFY' };
    await us.order.addExternalOrderReferences({
      orders: [{ id: ids[1], external_order: reference }],
    });
    const asked = { order_id: ids[1], query: { platform: 'SHOPIFY' } };
    const { data } = await us.order.getExternalOrderReferences(asked);
    equal(data.external_orders[0].id, '9012');
    return 'written and read back';
  });
  await check(CLIENT, 'cancelOrder, searchCancellation', async () => {
    const asked = { order_id: ids[2], cancel_reason: 'seller_cancel_reason_out_of_stock' };
    const made = await us.return_refund.cancelOrder(asked);
    const { cancellations } = (
      await us.return_refund.searchCancellation({
        query: { page_size: 10 },
        body: { order_ids: [ids[2]] },
      })
    ).data;
    equal(cancellations.map((row) => row.cancel_id), [made.data.cancel_id]);
    const shown = await control('GET', `orders/${ids[2]}`);
    equal(shown.order.status, 'CANCELLED');
    return `order ${shown.order.status}`;
  });
  await check(CLIENT, 'uploadProductImage, the signature of a form', async () => {
    // Its form is a stream that Node's fetch cannot read: what arrives is signed well and empty.
    const answer = await us.product.uploadProductImage({ data: 'x', use_case: 'MAIN_IMAGE' });
    equal(answer.code, 36009004);
    equal(answer.message.endsWith('param body.data is missing'), true);
    return 'signature accepted; its form arrives empty with this Node, and is refused for that';
  });
  await check(CLIENT, 'searchPackage', async () => {
    const { data } = await us.fulfillment.searchPackage({ query: { page_size: 10 }, body: {} });
    equal(data.total_count, 0);
    return 'no package yet';
  });
  await check(CLIENT, 'updateShopWebhook, getShopWebhooks, deleteShopWebhook', async () => {
    const { hooks, url } = await receive();
    await us.event.updateShopWebhook({ address: url, event_type: 'ORDER_STATUS_CHANGE' });
    const { webhooks } = (await us.event.getShopWebhooks()).data;
    equal(webhooks.map((row) => [row.event_type, row.address]), [['ORDER_STATUS_CHANGE', url]]);
    await place(1);
    await control('POST', 'webhooks/settle');
    equal(hooks.length, 1);
    await us.event.deleteShopWebhook({ event_type: 'ORDER_STATUS_CHANGE' });
    equal((await us.event.getShopWebhooks()).data.total_count, 0);
    return 'bodies with PUT and DELETE accepted, one webhook came';
  });
}

async function checkProducts(us) {
  const calls = us.product;
  const query = { category_version: 'v2' };
  let leaf;
  await check(CLIENT, 'getCategories, recommendCategory, getAttributes, getCategoryRules', async () => {
    const { categories } = (await calls.getCategories(query)).data;
    leaf = (await calls.recommendCategory({ product_title: 'Canvas tote', ...query })).data
      .leaf_category_id;
    const found = categories.find((row) => row.id === leaf);
    equal([found.local_name, found.is_leaf], ['Tote Bags', true]);
    const { attributes } = (await calls.getAttributes({ category_id: leaf, query })).data;
    equal(attributes.filter((row) => row.is_requried), []);
    const rules = (await calls.getCategoryRules({ category_id: leaf, query })).data;
    equal(rules.size_chart.is_required, false);
    return `${categories.length} categories, a tote bag needs nothing special`;
  });
  let product;
  await check(CLIENT, 'createProduct, partialEditProduct, getProduct', async () => {
    const asked = { query: { page_size: 1 }, body: { seller_skus: ['MUG-12'] } };
    const { products } = (await calls.searchProducts(asked)).data;
    const known = (await calls.getProduct({ product_id: products[0].id })).data;
    const sku = {
      seller_sku: 'SDK-TOTE',
      price: { amount: '21.00', currency: 'USD' },
      inventory: [{ warehouse_id: known.skus[0].inventory[0].warehouse_id, quantity: 4 }],
    };
    const given = {
      title: 'Canvas Tote for Everything', description: '<p>Big.</p>', category_id: leaf, ...query,
      main_images: [{ uri: known.main_images[0].uri }],
      package_weight: { value: '0.3', unit: 'KILOGRAM' }, skus: [sku],
    };
    product = (await calls.createProduct(given)).data.product_id;
    const error = await refused(() => calls.createProduct({ ...given, title: '' }));
    equal(error.code, 12052261);
    await control('POST', `products/${product}/approve`);
    const body = { title: 'Canvas Tote for Most Things' };
    await calls.partialEditProduct({ product_id: product, body });
    await control('POST', `products/${product}/approve`);
    const shown = (await calls.getProduct({ product_id: product })).data;
    equal([shown.title, shown.status], [body.title, 'ACTIVATE']);
    return 'on sale, renamed after a review; without a title: 12052261';
  });
  await check(CLIENT, 'updateProductPrice, updateProductInventory, searchInventory', async () => {
    const [{ id }] = (await calls.getProduct({ product_id: product })).data.skus;
    const price = { amount: '19.00', currency: 'USD' };
    await calls.updateProductPrice({ product_id: product, body: { skus: [{ id, price }] } });
    const stock = { skus: [{ id, inventory: [{ quantity: 9 }] }] };
    await calls.updateProductInventory({ product_id: product, body: stock });
    const { inventory } = (await calls.searchInventory({ sku_ids: [id] })).data;
    const [sku] = (await calls.getProduct({ product_id: product })).data.skus;
    equal([inventory[0].skus[0].total_available_quantity, sku.price.tax_exclusive_price],
      [9, '19.00']);
    return '9 for 19.00 each, at once';
  });
  await check(CLIENT, 'deactivateProducts, activateProducts, deleteProducts', async () => {
    const words = [];
    for (const call of ['deactivateProducts', 'activateProducts', 'deleteProducts']) {
      await calls[call]({ product_ids: [product] });
      words.push((await calls.getProduct({ product_id: product })).data.status);
    }
    equal(words, ['SELLER_DEACTIVATED', 'ACTIVATE', 'DELETED']);
    return words.join(', ');
  });
}

async function checkTokens() {
  const auth = (secret) => shop({ secret }).auth;
  let pair;
  await check(CLIENT, 'getAccessToken', async () => {
    const back = await redirectOf(
      `/open/authorize?service_id=7300000000000000001&state=s-1&shop_id=${US.id}`,
    );
    const code = back.searchParams.get('code');
    pair = (await auth().getAccessToken({ auth_code: code })).data;
    equal((await search(shop({ token: pair.access_token }))).code, 0);
    const error = await refused(() => auth().getAccessToken({ auth_code: code }));
    equal(error.code, 36004004);
    return 'a pair that works; the code again: 36004004';
  });
  await check(CLIENT, 'refreshAccessToken', async () => {
    const next = (await auth().refreshAccessToken({ refresh_token: pair.refresh_token })).data;
    equal(next.refresh_token === pair.refresh_token, false);
    equal((await search(shop({ token: next.access_token }))).code, 0);
    const error = await refused(() => auth().refreshAccessToken({ refresh_token: 'nothing' }));
    equal(error.code, 36004005);
    return 'a new pair that works; an unknown one: 36004005';
  });
}

// The SDK keeps its signing function to itself: it is asked for a call, and the call is caught.
async function signatureOf(row) {
  const { app_key: appKey, timestamp, shop_cipher: cipher, ...query } = row.query;
  const sdk = new TikTokShopSDK({ appKey, appSecret: row.secret });
  if (cipher) sdk.setShopCipher(cipher);
  const seen = [];
  const [realFetch, realNow] = [globalThis.fetch, Date.now];
  globalThis.fetch = async (url, init) => {
    seen.push([new URL(url), init.body]);
    return new Response('{"code":0}');
  };
  Date.now = () => Number(timestamp) * 1000;
  try {
    const body = row.body ? JSON.parse(row.body) : undefined;
    await sdk.requestCipher({ method: 'POST', path: row.path, query, body });
  } finally {
    [globalThis.fetch, Date.now] = [realFetch, realNow];
  }
  const [[url, body]] = seen;
  equal([url.pathname, body ?? ''], [row.path, row.body]);
  return url.searchParams.get('sign');
}

async function checkOurSignatures() {
  await check(CLIENT, "its signature, and ours of the same request", async () => {
    const { requests, seed } = read('ours');
    // Of an empty object it signs nothing and sends two characters; an upload it builds itself.
    const rows = requests.filter(
      (row) => row.body !== '{}' && !row.content_type.startsWith('multipart'),
    );
    for (const row of rows) equal([row.name, await signatureOf(row)], [row.name, row.sign]);
    return `${rows.length} of ${rows.length} equal, seed ${seed}`;
  });
}

equal(typeof SANDBOX, 'string');
globalThis.fetch = toSandbox;
await control('POST', 'reset');
const us = shop();
const ids = await place(8);
await checkReading(us, ids);
await checkRefusals(us);
await checkWriting(us, ids);
await control('POST', 'config', { review_seconds: null });
await checkProducts(us);
await checkTokens();
await checkOurSignatures();
