-- The tables of any data set know whose they are, say more of predictions, and need no function of their own to tell
-- items apart. Until now there was one data set only: so this is the last migration that names columns of features. The
-- ones that follow find them in the declaration in `data_set`.

alter table predictions
  add column probabilities double precision[],
  add column true_label text check (true_label in ('fake', 'real')),
  drop constraint predictions_prediction_check,
  add constraint predictions_prediction_check check (prediction in ('fake', 'real'));

alter table training drop column note_hash;
drop function note_hash;
alter table training add column note_hash bytea not null generated always as (
  sha256(float8send(variance + 0) || float8send(skewness + 0) || float8send(curtosis + 0) || float8send(entropy + 0))
) stored;
create index training_by_note on training (note_hash);

create table data_set (
  name        text        primary key check (name = 'banknotes'),
  declaration jsonb       not null,
  version     integer     not null default 1,
  seed        text,
  applied     timestamptz not null default now()
);
grant select on data_set to ml_readwrite;
insert into data_set (name, declaration) values ('banknotes', '{
  "name": "banknotes",
  "title": "Banknotes",
  "item": "note",
  "items": "notes",
  "question": "Is it real?",
  "features": [
    {
      "name": "variance",
      "missing": false,
      "hint": "variance of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -7.0421,
      "max": 6.8248,
      "strict": false,
      "example": 3.6216,
      "column": "variance",
      "csv": "variance"
    },
    {
      "name": "skewness",
      "missing": false,
      "hint": "skewness of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -13.7731,
      "max": 12.9516,
      "strict": false,
      "example": 8.6661,
      "column": "skewness",
      "csv": "skewness"
    },
    {
      "name": "curtosis",
      "missing": false,
      "hint": "curtosis of the wavelet-transformed image",
      "kind": "number",
      "integer": false,
      "min": -5.2861,
      "max": 17.9274,
      "strict": false,
      "example": -2.8073,
      "column": "curtosis",
      "csv": "curtosis"
    },
    {
      "name": "entropy",
      "missing": false,
      "hint": "entropy of the image",
      "kind": "number",
      "integer": false,
      "min": -8.5482,
      "max": 2.4495,
      "strict": false,
      "example": -0.44699,
      "column": "entropy",
      "csv": "entropy"
    }
  ],
  "label": {
    "name": "class",
    "classes": [
      {
        "name": "fake",
        "csv": "0"
      },
      {
        "name": "real",
        "csv": "1"
      }
    ],
    "csv": "class"
  },
  "file": "../../bank_data.csv",
  "header": true,
  "source": {
    "title": "Banknote Authentication, UCI Machine Learning Repository",
    "url": "https://archive.ics.uci.edu/dataset/267/banknote+authentication",
    "licence": "CC BY 4.0",
    "citation": "Lohweg, V. (2012). Banknote Authentication [Dataset]. UCI Machine Learning Repository. https://doi.org/10.24432/C55P57"
  }
}');
