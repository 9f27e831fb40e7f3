-- By which layouts the tables may be used: what the numbers of classes and the columns mean. An instance that still is of
-- an earlier declaration, to which they may mean something else, is refused.

alter table data_set add column layouts text[];

update data_set set layouts = array[(
  select md5(string_agg(md5(part), '' order by of_classes, place)) from (
    select false as of_classes, place, concat_ws(' ', feature ->> 'column', feature ->> 'kind') as part
    from jsonb_array_elements(declaration -> 'features') with ordinality as listed (feature, place)
    union all
    select true, place, concat_ws(' ', place - 1, class ->> 'name')
    from jsonb_array_elements(declaration -> 'label' -> 'classes') with ordinality as listed (class, place)
  ) as parts
)];

alter table data_set alter column layouts set not null;

create function check_layout(layout text) returns boolean language plpgsql stable as $$
begin
  if exists (select from data_set where layout = any (layouts)) then return true; end if;
  raise exception 'The tables are at another declaration than this instance.' using errcode = 'object_not_in_prerequisite_state';
end
$$;
