// Starts Swagger UI, and completes what it leaves out for people who use a screen reader.

/** Headings, roles and names that its markup lacks, by selector; a later row wins. */
const ATTRIBUTES = [
  ['.information-container', { role: 'banner' }],
  ['.scheme-container', { role: 'region', 'aria-label': 'Authorization' }],
  ['.swagger-ui h3', { 'aria-level': 2 }],
  ['.swagger-ui h4', { 'aria-level': 3 }],
  ['.swagger-ui h5, .swagger-ui h6', { 'aria-level': 4 }],
  ['.models > h4', { 'aria-level': 2 }],
  ['.body-param__text', { 'aria-label': 'Request body' }],
  // One region for each operation would be too many.
  ['.responses-table', { role: 'table' }],
  ['.microlight', { tabindex: 0 }],
  ['.dialog-ux', { role: 'dialog', 'aria-modal': true, 'aria-label': 'Available authorizations' }],
  ['.close-modal', { 'aria-label': 'Close' }],
];

function completeMarkup() {
  for (const [selector, attributes] of ATTRIBUTES)
    for (const element of document.querySelectorAll(selector))
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  // Their text says more.
  for (const button of document.querySelectorAll('.auth-btn-wrapper button'))
    button.removeAttribute('aria-label');
  for (const row of document.querySelectorAll('tr[data-param-name]'))
    for (const field of row.querySelectorAll('select, input, textarea'))
      field.setAttribute('aria-label', row.dataset.paramName);
}

/** Dark mode is that of the system. */
function followColorScheme() {
  const isDark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('dark-mode', isDark.matches);
  follow();
  isDark.addEventListener('change', follow);
}

/** The sign-in gives the page a session; requests with its cookie need X-CSRF. */
function requestInterceptor(request) {
  request.headers['X-CSRF'] = '1';
  return request;
}

const plugin = {
  statePlugins: {
    spec: {
      wrapSelectors: {
        // Scripts cannot navigate with a request.
        allowTryItOutFor: () => (state, path, method) =>
          state.getIn(['json', 'paths', path, method, 'x-try-it-out']) !== false,
      },
    },
  },
  wrapComponents: {
    // The button around it sets the address: a link within a button is not valid.
    DeepLink:
      (DeepLink, { React }) =>
      (props) =>
        React.createElement(DeepLink, { ...props, enabled: false }),
  },
};

followColorScheme();
new MutationObserver(completeMarkup).observe(document.body, { childList: true, subtree: true });
window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: false,
  requestInterceptor,
  plugins: [plugin],
});
