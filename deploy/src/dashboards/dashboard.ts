import type { Names } from '../names.ts';
import { ofLoop, selectBuiltIn, selectOurs } from './metric-types.ts';

interface Chart {
  readonly title: string;
  readonly filter: string;
  readonly aligner:
    | 'ALIGN_RATE'
    | 'ALIGN_DELTA'
    | 'ALIGN_MEAN'
    | 'ALIGN_MAX'
    | 'ALIGN_PERCENTILE_50'
    | 'ALIGN_PERCENTILE_99';
  readonly by?: readonly string[];
}

const byFunction = ['metric.labels.function'];
const bySubscription = ['resource.labels.subscription_id'];
const byService = ['resource.labels.service_name'];

/** Top to bottom: is it turning, how fast, does it learn, and has it room. */
const charts: readonly Chart[] = [
  {
    title: 'Deliveries a second, by function and outcome',
    filter: selectOurs('messaging.client.consumed.messages'),
    aligner: 'ALIGN_RATE',
    by: [...byFunction, 'metric.labels.outcome'],
  },
  {
    title: 'Messages that wait',
    filter: selectBuiltIn('pubsub.googleapis.com/subscription/num_undelivered_messages'),
    aligner: 'ALIGN_MEAN',
    by: bySubscription,
  },
  {
    title: 'Age of the oldest message that waits (s)',
    filter: selectBuiltIn('pubsub.googleapis.com/subscription/oldest_unacked_message_age'),
    aligner: 'ALIGN_MAX',
    by: bySubscription,
  },
  {
    title: 'Messages given up',
    filter: selectOurs('banknote.refusals'),
    aligner: 'ALIGN_DELTA',
    by: byFunction,
  },
  {
    title: 'Redeliveries',
    filter: selectOurs('banknote.redeliveries'),
    aligner: 'ALIGN_DELTA',
    by: byFunction,
  },
  {
    title: 'Handling time, 99th percentile (s)',
    filter: selectOurs('messaging.process.duration'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byFunction,
  },
  {
    title: 'Wait before handling, 99th percentile (s)',
    filter: selectOurs('banknote.message.age'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byFunction,
  },
  {
    title: 'From the request to the end of each hop, median (s)',
    filter: selectOurs('banknote.request_to_done'),
    aligner: 'ALIGN_PERCENTILE_50',
    by: byFunction,
  },
  {
    title: 'Answers to requests, 99th percentile (s)',
    filter: selectOurs('http.server.request.duration'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: ['metric.labels.route'],
  },
  {
    title: 'Immediate predictions, by where they were asked for, 99th percentile (s)',
    filter: selectOurs('banknote.predict.duration'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: ['metric.labels.asked_from'],
  },
  {
    title: 'Notes in a batch, median',
    filter: selectOurs('banknote.batch.notes'),
    aligner: 'ALIGN_PERCENTILE_50',
  },
  {
    title: 'Models trained, by whether they were promoted',
    filter: selectOurs('banknote.trainings'),
    aligner: 'ALIGN_DELTA',
    by: ['metric.labels.promoted'],
  },
  {
    title: 'Training time, median (s)',
    filter: selectOurs('banknote.training.duration'),
    aligner: 'ALIGN_PERCENTILE_50',
  },
  {
    title: 'Correction to live, median (s)',
    filter: selectOurs('banknote.correction_to_live'),
    aligner: 'ALIGN_PERCENTILE_50',
  },
  {
    title: 'Labels set aside, at most',
    filter: selectOurs('banknote.labels.set_aside'),
    aligner: 'ALIGN_PERCENTILE_99',
  },
  {
    title: 'Models refused in a row, at most',
    filter: selectOurs('banknote.refusals_in_a_row'),
    aligner: 'ALIGN_PERCENTILE_99',
  },
  {
    title: 'Age of the training of the model that answers (s)',
    filter: selectOurs('banknote.model.training_age'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byFunction,
  },
  {
    title: 'Deliveries that waited for a model',
    filter: selectOurs('banknote.model.missing'),
    aligner: 'ALIGN_DELTA',
  },
  {
    title: 'Thresholds of quality crossed',
    filter: selectOurs('banknote.quality.alerts'),
    aligner: 'ALIGN_DELTA',
    by: ['metric.labels.alert'],
  },
  {
    title: 'Database connections in use by an instance, 99th percentile',
    filter: selectOurs('db.client.connection.count'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byFunction,
  },
  {
    title: 'Work that waits for a connection, 99th percentile',
    filter: selectOurs('db.client.connection.pending_requests'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byFunction,
  },
  {
    title: 'Connections of the database',
    filter: selectBuiltIn('cloudsql.googleapis.com/database/postgresql/num_backends'),
    aligner: 'ALIGN_MAX',
    by: ['resource.labels.database_id'],
  },
  {
    title: 'Instances',
    filter: selectBuiltIn('run.googleapis.com/container/instance_count'),
    aligner: 'ALIGN_MAX',
    by: byService,
  },
  {
    title: 'Memory in use, 99th percentile (share)',
    filter: selectBuiltIn('run.googleapis.com/container/memory/utilizations'),
    aligner: 'ALIGN_PERCENTILE_99',
    by: byService,
  },
  {
    title: 'Memory of Redis in use (share)',
    filter: selectBuiltIn('redis.googleapis.com/stats/memory/usage_ratio'),
    aligner: 'ALIGN_MEAN',
    by: ['resource.labels.instance_id'],
  },
];

const columns = 3;
const width = 16;
const height = 12;

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards */
export function dashboard(names: Names) {
  return {
    displayName: names.title,
    mosaicLayout: {
      columns: columns * width,
      tiles: charts.map((chart, i) => ({
        xPos: (i % columns) * width,
        yPos: Math.floor(i / columns) * height,
        width,
        height,
        widget: widgetOf({ ...chart, filter: ofLoop(names, chart.filter) }),
      })),
    },
  };
}

function widgetOf({ title, filter, aligner, by = [] }: Chart) {
  const reducer = aligner === 'ALIGN_RATE' || aligner === 'ALIGN_DELTA' ? 'REDUCE_SUM' : 'REDUCE_MAX';
  return {
    title,
    xyChart: {
      dataSets: [
        {
          plotType: 'LINE',
          timeSeriesQuery: {
            timeSeriesFilter: {
              filter,
              aggregation: {
                alignmentPeriod: '60s',
                perSeriesAligner: aligner,
                crossSeriesReducer: reducer,
                groupByFields: by,
              },
            },
          },
        },
      ],
    },
  };
}
