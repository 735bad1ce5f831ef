// SPDX-License-Identifier: Apache-2.0
// The forms that the products publish of their files, put together from the parts that each package has; validate.js makes
// a JSON schema of each. What a package has no type for is left open: Grafana's query of PostgreSQL.
import type * as grafana from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen';
import type * as graph from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';
import type * as search from './node_modules/@grafana/grafana-foundation-sdk/dist/elasticsearch/types.gen';
import type { PutPolicyRequest } from '@opensearch-project/opensearch/api/_types/ism._common';
import type { Transform } from '@opensearch-project/opensearch/api/_types/transforms._common';

type Defaults<Custom> = Omit<grafana.FieldConfig, 'custom'> & { custom?: Partial<Custom> };
type PanelOf<Type, Options, Custom, Target> = Omit<grafana.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
    type: Type;
    options: Partial<Options>;
    fieldConfig: { defaults: Defaults<Custom>; overrides: [] };
    targets: Target[];
};
type DashboardOf<Target> = Omit<grafana.Dashboard, 'panels'> & {
    panels: (
        | PanelOf<'table', table.Options, table.FieldConfig, Target>
        | PanelOf<'timeseries', graph.Options, graph.FieldConfig, Target>
    )[];
};
// the package leaves the type of an aggregation open, or as wide as its base
type Metric =
    | { id: string; type: 'count' }
    | { id: string; type: 'sum' | 'max'; field: string }
    | { id: string; type: 'raw_data'; settings: { size: string } };
type SearchTarget = Omit<search.dataquery, '_implementsDataqueryVariant' | 'metrics' | 'datasource'> & {
    datasource: grafana.DataSourceRef;
    metrics: Metric[];
};

export type GrafanaSql = DashboardOf<Record<string, unknown>>;
export type GrafanaSearch = DashboardOf<SearchTarget>;
export type LifecyclePolicy = PutPolicyRequest;
// the package has the form of groups for aggregations, too
type Total = { sum: { field: string } } | { max: { field: string } };
export type TransformJob = { transform: Omit<Transform, 'aggregations'> & { aggregations: Record<string, Total> } };
