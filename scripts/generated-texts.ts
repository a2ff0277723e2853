import { toClientTypesText } from './client-types-text.ts';
import { toConformanceText } from './conformance-text.ts';
import { toDoctorText } from './doctor-text.ts';
import { toLogText, toMetricsText } from './observe-pages.ts';
import { toOpenApiText } from './open-api-text.ts';
import {
  toCliText,
  toConfigurationText,
  toErrorCodesText,
  toHttpApiText,
  toRoutesFileText,
} from './reference-pages.ts';
import { toRoutesSchemaText } from './routes-schema-text.ts';

/** What is generated from the code, by its file: the API document and what is made of it, the pages of docs/reference, the client's types. */
export async function toGeneratedTexts(): Promise<Readonly<Record<string, string>>> {
  const openApi = await toOpenApiText();
  const routesSchema = toRoutesSchemaText();
  return {
    'docs/openapi.json': openApi,
    'docs/routes.schema.json': routesSchema,
    'docs/reference/cli.md': toCliText(),
    'docs/reference/configuration.md': toConfigurationText(),
    'docs/reference/conformance.md': toConformanceText(),
    'docs/reference/doctor.md': toDoctorText(),
    'docs/reference/error-codes.md': toErrorCodesText(),
    'docs/reference/http-api.md': toHttpApiText(JSON.parse(openApi)),
    'docs/reference/log.md': toLogText(),
    'docs/reference/metrics.md': await toMetricsText(),
    'docs/reference/routes-file.md': toRoutesFileText(JSON.parse(routesSchema)),
    'packages/client/src/api-types.ts': toClientTypesText(JSON.parse(openApi)),
  };
}
