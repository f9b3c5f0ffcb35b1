package arch

// method is one function of the reference cases: the package that owns it and the stage of the product that brings it.
type method struct {
	name  string
	owner string // package below internal/
	stage string
}

// The stages in the order in which they are built.
const (
	ground    = "ground"
	companyIn = "company in"
	serve     = "serve"
	relate    = "relate"
	listen    = "listen"
	improve   = "improve"
)

// built lists the stages whose methods must have a TestReferenceCases.
var built = map[string]bool{ground: true, relate: true}

var methods = []method{
	{"calendar.working_seconds", "calendar", ground},
	{"calendar.add_business_seconds", "calendar", ground},
	{"calendar.add_business_days", "calendar", ground},
	{"calendar.workdays_per_month", "calendar", ground},
	{"sla.evaluate", "clock", ground},
	{"sla.target_change", "clock", ground},

	{"sla.attainment", "measure", relate},
	{"sla.accuracy_rate", "measure", relate},
	{"sla.km_percentiles", "kit/stat", relate},
	{"sla.resolution_percentiles", "kit/stat", relate},
	{"slo.burn_threshold", "measure", relate},
	{"slo.error_budget", "measure", relate},
	{"stats.wilson", "kit/stat", relate},
	{"stats.wilson_fpc", "kit/stat", relate},
	{"stats.mean_t", "kit/stat", relate},
	{"stats.proportion_intervals", "kit/stat", relate},
	{"stats.bootstrap_mean_exact", "kit/stat", relate},
	{"stats.sample_size_proportion", "kit/stat", relate},
	{"stats.newcombe_diff", "kit/stat", relate},
	{"stats.compare_periods", "kit/stat", relate},
	{"stats.p_adjust", "kit/stat", relate},
	{"spc.xmr", "kit/stat", relate},
	{"spc.p", "kit/stat", relate},
	{"spc.laney_p", "kit/stat", relate},
	{"spc.runs_anhoej", "kit/stat", relate},
	{"network.betweenness", "kit/stat", relate},
	{"network.ei_index", "kit/stat", relate},
	{"network.reciprocity", "kit/stat", relate},
	{"relationship.composite", "relation", relate},
	{"relationship.emotional_account", "relation", relate},

	{"servqual.aggregate_dimensions", "kit/stat", listen},
	{"servqual.analyze", "kit/stat", listen},
	{"servqual.difference_score_reliability", "kit/stat", listen},
	{"servqual.gap_from_means", "kit/stat", listen},
	{"servqual.items_to_dimensions", "kit/stat", listen},
	{"kano.analyze_raw", "kit/stat", listen},
	{"kano.better_worse", "kit/stat", listen},
	{"kano.classify_pair", "kit/stat", listen},
	{"kano.summarize_counts", "kit/stat", listen},
	{"survey.csat", "kit/stat", listen},
	{"survey.nps", "kit/stat", listen},
	{"survey.nps_bins", "kit/stat", listen},
	{"survey.ces", "kit/stat", listen},
	{"reliability.alpha", "kit/stat", listen},
	{"reliability.icc", "kit/stat", listen},
	{"reliability.omega_1factor", "kit/stat", listen},
	{"ipa.quadrants", "kit/stat", listen},
	{"kda.importance", "kit/stat", listen},
	{"anonymity.audit_table", "disclose", listen},
	{"anonymity.differencing", "disclose", listen},
	{"anonymity.plan_suppression", "disclose", listen},

	{"effect.did_from_changes", "kit/stat", improve},
	{"effect.did_proportions", "kit/stat", improve},
	{"effect.did_single_treated_placebo", "kit/stat", improve},
	{"effect.did_unit_level", "kit/stat", improve},
	{"effect.its_segmented", "kit/stat", improve},
	{"training.followup_dates", "train", improve},
	{"training.gain", "train", improve},
	{"training.gain_from_means", "train", improve},
	{"training.needs_priority", "train", improve},
	{"training.roi", "train", improve},
	{"training.roi_adjusted", "train", improve},
	{"scorecard.kpi_score", "score", improve},
	{"scorecard.rater_normalize_additive", "score", improve},
	{"scorecard.rater_normalize_z", "score", improve},
	{"scorecard.total", "score", improve},
	{"bonus.allocate", "reward", improve},
	{"complaint.capa_effectiveness", "improve", improve},
	{"complaint.recurrence", "complaint", improve},
	{"complaint.targets", "complaint", improve},
	{"complaint.validate_path", "complaint", improve},
}
