-- Each answer knows how unlike anything that its model had learned from its item was, and whether it stood for "don't know".

alter table predictions
  add column unlike double precision check (unlike between 0 and 1),
  add column abstained boolean;
