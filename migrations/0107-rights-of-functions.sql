-- Each function may do with the tables what it needs to, and no more. Until each logs in as a user of its own, the one user
-- of all keeps the rights of ml_readwrite.

-- One role for each function that uses tables, with what it needs of them.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['ml_prediction_to_db', 'ml_feedback_to_db', 'ml_feedback_to_training', 'ml_training', 'ml_training_to_db', 'ml_predict_api'] loop
    begin
      execute format('create role %I nologin', role_name);
    exception
      when duplicate_object or unique_violation then null;  -- another database of the server has it, or makes it now
    end;
  end loop;
end
$$;
grant usage on schema public to ml_prediction_to_db;
grant select on data_set to ml_prediction_to_db;
grant select, insert, update (prediction, score, probabilities, model_file_name, created, unlike, abstained, is_correct, true_label) on predictions to ml_prediction_to_db;
grant usage on schema public to ml_feedback_to_db;
grant select on data_set to ml_feedback_to_db;
grant select, update (is_correct, true_label, rated_at, reviewer, verified) on predictions to ml_feedback_to_db;
grant select, update (created, reviewer, verified, seconded_by) on training to ml_feedback_to_db;
grant usage on schema public to ml_feedback_to_training;
grant select on data_set to ml_feedback_to_training;
grant select, update (abstained) on predictions to ml_feedback_to_training;
grant select, insert, delete, update (class, reviewer, verified, created, role, job_id, checked_by, plausibility, unlike, oddity, suspicion, seconded_by, kept_by, doubt, set_aside, set_aside_by) on training to ml_feedback_to_training;
grant usage on schema public to ml_training;
grant select on data_set to ml_training;
grant select on predictions to ml_training;
grant select, update (role, job_id, checked_by, plausibility, unlike, oddity, suspicion, seconded_by, kept_by, doubt, set_aside, set_aside_by) on training to ml_training;
grant select on hold_out to ml_training;
grant select, insert on jobs to ml_training;
grant select, insert on models to ml_training;
grant select, insert on decisions to ml_training;
grant insert on skipped_trainings to ml_training;
grant select, insert, delete on alerts to ml_training;
grant insert on audit to ml_training;
grant usage on schema public to ml_training_to_db;
grant select on data_set to ml_training_to_db;
grant select, insert on jobs to ml_training_to_db;
grant select, insert on models to ml_training_to_db;
grant select, insert on decisions to ml_training_to_db;
grant insert on audit to ml_training_to_db;
grant usage on schema public to ml_predict_api;
grant select on data_set to ml_predict_api;
grant select on predictions to ml_predict_api;
grant select, update (kept_by, set_aside, set_aside_by) on training to ml_predict_api;
grant select, insert on jobs to ml_predict_api;
grant select, insert on models to ml_predict_api;
grant select, insert on decisions to ml_predict_api;
grant select on skipped_trainings to ml_predict_api;
grant select, insert, delete on alerts to ml_predict_api;
grant select, insert on audit to ml_predict_api;
