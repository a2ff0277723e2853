/** The values that the lines of a row are made of. */
export interface RecipeValues {
  /** `localhost:4400`, for SDKs that add https. */
  readonly domain: string;
  /** The domain, with its scheme if that is http. */
  readonly domainOrUrl: string;
  /** `https://localhost:4400` */
  readonly issuerUrl: string;
  readonly id: string;
  readonly secret: string;
  /** A new secret for the cookies of the application. */
  readonly cookieSecret: string;
  readonly base: string;
}

/** How to configure one framework's SDK. */
export interface RecipeRow {
  /** The framework. */
  readonly label: string;
  /** Its SDK. */
  readonly sdk: string;
  /** The file that the lines belong into. */
  readonly file: string;
  /** Where its development server listens; empty: it has none. */
  readonly base: string;
  /** The path of its callback. */
  readonly callback: string;
  /** How it trusts the tenant's certificate. */
  readonly runs: 'node' | 'browser' | 'python' | 'go' | 'php' | 'java' | 'dotnet';
  /** Whether it can call an issuer with http. */
  readonly http: 'yes' | 'no' | 'option';
  /** Environment variables, or the lines of its file. */
  readonly lines: (values: RecipeValues) => Readonly<Record<string, string>> | readonly string[];
}

const AUTH0_VARIABLES = ({ domainOrUrl: domain, id, secret }: RecipeValues) => ({
  AUTH0_DOMAIN: domain,
  AUTH0_CLIENT_ID: id,
  AUTH0_CLIENT_SECRET: secret,
});

const viteRow = (label: string, sdk: string): RecipeRow => ({
  label,
  sdk: `${sdk}, with Vite`,
  file: '.env.local',
  base: 'http://localhost:5173',
  callback: '',
  runs: 'browser',
  http: 'yes',
  lines: ({ domainOrUrl: domain, id }) => ({ VITE_AUTH0_DOMAIN: domain, VITE_AUTH0_CLIENT_ID: id }),
});

/** The frameworks by the name that `--env` takes. Variables, paths and ports are those of the SDKs and of Auth0's quickstarts. */
export const RECIPE_ROWS = {
  next: {
    label: 'Next.js',
    sdk: '@auth0/nextjs-auth0 4',
    file: '.env.local',
    base: 'http://localhost:3000',
    callback: '/auth/callback',
    runs: 'node',
    http: 'option',
    lines: (values) => ({
      ...AUTH0_VARIABLES(values),
      AUTH0_SECRET: values.cookieSecret,
      APP_BASE_URL: values.base,
    }),
  },
  react: viteRow('React', '@auth0/auth0-react'),
  vue: viteRow('Vue', '@auth0/auth0-vue'),
  svelte: viteRow('Svelte', '@auth0/auth0-spa-js'),
  'spa-js': viteRow('JavaScript', '@auth0/auth0-spa-js'),
  angular: {
    label: 'Angular',
    sdk: '@auth0/auth0-angular',
    file: 'src/environments/environment.ts',
    base: 'http://localhost:4200',
    callback: '',
    runs: 'browser',
    http: 'yes',
    lines: ({ domainOrUrl: domain, id }) => [
      'export const environment = {',
      '  production: false,',
      `  auth0: { domain: ${JSON.stringify(domain)}, clientId: ${JSON.stringify(id)} },`,
      '};',
    ],
  },
  nuxt: {
    label: 'Nuxt',
    sdk: '@auth0/auth0-nuxt',
    file: '.env',
    base: 'http://localhost:3000',
    callback: '/auth/callback',
    runs: 'node',
    http: 'no',
    lines: ({ domain, id, secret, cookieSecret, base }) => ({
      NUXT_AUTH0_DOMAIN: domain,
      NUXT_AUTH0_CLIENT_ID: id,
      NUXT_AUTH0_CLIENT_SECRET: secret,
      NUXT_AUTH0_SESSION_SECRET: cookieSecret,
      NUXT_AUTH0_APP_BASE_URL: base,
    }),
  },
  express: {
    label: 'Express',
    sdk: 'express-openid-connect',
    file: '.env',
    base: 'http://localhost:3000',
    callback: '/callback',
    runs: 'node',
    http: 'yes',
    lines: ({ issuerUrl, id, secret, cookieSecret, base }) => ({
      ISSUER_BASE_URL: issuerUrl,
      CLIENT_ID: id,
      CLIENT_SECRET: secret,
      SECRET: cookieSecret,
      BASE_URL: base,
    }),
  },
  fastify: {
    label: 'Fastify',
    sdk: '@auth0/auth0-fastify',
    file: '.env',
    base: 'http://localhost:3000',
    callback: '/auth/callback',
    runs: 'node',
    http: 'no',
    lines: (values) => ({
      ...AUTH0_VARIABLES(values),
      SESSION_SECRET: values.cookieSecret,
      APP_BASE_URL: values.base,
    }),
  },
  python: {
    label: 'Flask',
    sdk: 'auth0-server-python',
    file: '.env',
    base: 'http://localhost:5000',
    callback: '/callback',
    runs: 'python',
    http: 'no',
    lines: (values) => ({
      ...AUTH0_VARIABLES(values),
      AUTH0_SECRET: values.cookieSecret,
      AUTH0_REDIRECT_URI: `${values.base}/callback`,
    }),
  },
  fastapi: {
    label: 'FastAPI',
    sdk: 'auth0-fastapi',
    file: '.env',
    base: 'http://localhost:3000',
    callback: '/auth/callback',
    runs: 'python',
    http: 'no',
    lines: (values) => ({
      ...AUTH0_VARIABLES(values),
      SESSION_SECRET: values.cookieSecret,
      APP_BASE_URL: values.base,
    }),
  },
  go: {
    label: 'Go',
    sdk: 'go-oidc and oauth2',
    file: '.env',
    base: 'http://localhost:3000',
    callback: '/callback',
    runs: 'go',
    http: 'no',
    lines: (values) => ({ ...AUTH0_VARIABLES(values), AUTH0_CALLBACK_URL: `${values.base}/callback` }),
  },
  laravel: {
    label: 'Laravel',
    sdk: 'auth0/login',
    file: '.env',
    base: 'http://localhost:8000',
    callback: '/callback',
    runs: 'php',
    http: 'no',
    lines: AUTH0_VARIABLES,
  },
  spring: {
    label: 'Spring Boot',
    sdk: 'okta-spring-boot-starter',
    file: 'environment of the process',
    base: 'http://localhost:3000',
    callback: '/login/oauth2/code/okta',
    runs: 'java',
    http: 'yes',
    lines: ({ issuerUrl, id, secret }) => ({
      OKTA_OAUTH2_ISSUER: `${issuerUrl}/`,
      OKTA_OAUTH2_CLIENT_ID: id,
      OKTA_OAUTH2_CLIENT_SECRET: secret,
    }),
  },
  aspnet: {
    label: 'ASP.NET Core',
    sdk: 'Auth0.AspNetCore.Authentication',
    file: 'environment of the process',
    base: 'http://localhost:3000',
    callback: '/callback',
    runs: 'dotnet',
    http: 'no',
    lines: ({ domain, id, secret }) => ({
      Auth0__Domain: domain,
      Auth0__ClientId: id,
      Auth0__ClientSecret: secret,
    }),
  },
  auth0: {
    label: 'Management API',
    sdk: 'auth0 for Node.js, auth0-deploy-cli, Terraform',
    file: '.env',
    base: '',
    callback: '',
    runs: 'node',
    http: 'no',
    lines: AUTH0_VARIABLES,
  },
} as const satisfies Record<string, RecipeRow>;
