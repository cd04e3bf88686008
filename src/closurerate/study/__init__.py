"""The study: how the parts of a KPI combine, and what its thresholds do.

Which module answers which question, by its public entry points:

- the formula: `combination.in_indicators`, `properties.properties`, `derivatives.derivatives`,
  `degrees.degree_in`, `surface.surface`, `zeros.at_zeros`; a target: `target.check_target`;
- incentives: `incentives.effects`, `action_signs.sign_line`, `cheapest.cheapest_point`,
  `unpaid.treatment` and `unpaid.reach`;
- change: `change.split_change`, `change_span.split_span`, `composition.composition`;
- ranks: `ranking.rank_table`, `weights.branch_weights`, `margins.rank_margins`,
  `rank_robustness.threshold_ranks`;
- thresholds: `thresholds.build_index`, then `sensitivity.tornado`, `sensitivity.elasticities`,
  `breakpoints.breakpoints`, `steps.step_function`, `variants.outcomes`, `response.responses`;
- thresholds together: `threshold_variance.threshold_indices`, `scenario_file.write_scenarios`;
- errors in the records: `uncertainty.uncertainty`, `worst_case.worst_case`;
- worlds: `worlds.make_worlds`, `world_conclusions.conclusions`;
- readings: `specification.specifications`, `reading_change.changes_by_reading`.

What is declared is in `settings`, what may be shown in `disclosure`, exact values of the KPI for
many numbers of effective cases in `effective_value`, and floats for arrays in `float_values`.
"""
