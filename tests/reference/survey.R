# Figures of survey_sample.csv by R survey: Rscript survey.R survey_sample.csv > survey_recorded.csv
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
emit <- function(case, x, errors = SE(x)) {
  for (i in seq_along(as.numeric(coef(x))))
    cat(sprintf("%s,%d,%.17g,%.17g\n", case, i, as.numeric(coef(x))[i], as.numeric(errors)[i]))
}
cat("case,row,estimate,standard_error\n")
designs <- list(
  stratified = svydesign(~1, strata = ~stratum, weights = ~w, data = d),
  stratified_finite = svydesign(~1, strata = ~stratum, weights = ~w, fpc = ~frame, data = d),
  clustered = svydesign(~cluster, strata = ~stratum, weights = ~w, data = d, nest = TRUE),
  clustered_finite = svydesign(~cluster, strata = ~stratum, weights = ~w, fpc = ~size, data = d, nest = TRUE),
  from_population = svydesign(~1, strata = ~stratum, fpc = ~frame, data = d)
)
for (name in names(designs)) {
  s <- designs[[name]]
  emit(paste0(name, "/mean"), svymean(~minutes, s))
  emit(paste0(name, "/mean_missing"), svymean(~rating, s, na.rm = TRUE))
  emit(paste0(name, "/total"), svytotal(~minutes, s))
  emit(paste0(name, "/ratio"), svyratio(~minutes, ~visits, s))
  emit(paste0(name, "/share"), svymean(~age, s))
  emit(paste0(name, "/by"), svyby(~minutes, ~organisation, s, svymean))
  emit(paste0(name, "/by_missing"), svyby(~satisfied, ~organisation, s, svymean, na.rm = TRUE))
  emit(paste0(name, "/total_by"), svyby(~minutes, ~organisation, s, svytotal))
  emit(paste0(name, "/ratio_by"), svyby(~minutes, ~sex, denominator = ~visits, s, svyratio))
}
independent <- svydesign(~1, weights = ~w, data = d)
emit("independent/mean", svymean(~minutes, independent))
emit("independent/by", svyby(~minutes, ~organisation, independent, svymean))
emit("independent/total_by", svyby(~minutes, ~organisation, independent, svytotal))

# raking: base weights are equal here, because rake() regresses without them (calibrate() does not)
sexes <- data.frame(sex = c("f", "m"), Freq = c(5200, 4800))
ages <- data.frame(age = c("15-34", "35-59", "60+"), Freq = c(3000, 4100, 2900))
bases <- list(
  raked = svydesign(~1, weights = ~one, data = d),
  raked_clustered = svydesign(~cluster, strata = ~stratum, weights = ~one, data = d, nest = TRUE)
)
for (name in names(bases)) {
  s <- rake(bases[[name]], list(~sex, ~age), list(sexes, ages), control = list(maxit = 500, epsilon = 1e-14))
  emit(paste0(name, "/mean"), svymean(~minutes, s))
  emit(paste0(name, "/mean_missing"), svymean(~rating, s, na.rm = TRUE))
  emit(paste0(name, "/total"), svytotal(~minutes, s))
  emit(paste0(name, "/ratio"), svyratio(~minutes, ~visits, s))
  emit(paste0(name, "/share"), svymean(~organisation, s))
  emit(paste0(name, "/by"), svyby(~minutes, ~organisation, s, svymean))
  emit(paste0(name, "/total_by"), svyby(~minutes, ~organisation, s, svytotal))
}
# uneven base weights: calibrate() regresses with them, as Deville and Sarndal do
known <- c("(Intercept)" = 10000, sexm = 4800, "age35-59" = 4100, "age60+" = 2900)
uneven <- list(
  calibrated = svydesign(~1, weights = ~w, data = d),
  calibrated_clustered = svydesign(~cluster, strata = ~stratum, weights = ~w, data = d, nest = TRUE)
)
for (name in names(uneven)) {
  s <- calibrate(uneven[[name]], ~ sex + age, known, calfun = "raking", epsilon = 1e-13, maxit = 500)
  emit(paste0(name, "/mean"), svymean(~minutes, s))
  emit(paste0(name, "/total"), svytotal(~minutes, s))
  emit(paste0(name, "/by"), svyby(~minutes, ~organisation, s, svymean))
}
post <- postStratify(independent, ~age, ages)
emit("poststratified/mean", svymean(~minutes, post))
emit("poststratified/by", svyby(~minutes, ~organisation, post, svymean))

jk1 <- as.svrepdesign(svydesign(~cluster, weights = ~w, data = subset(d, stratum == "s4")), type = "JK1")
emit("jackknife/jk1", svymean(~minutes, jk1))
jkn <- as.svrepdesign(designs$clustered, type = "JKn")
emit("jackknife/jkn", svymean(~minutes, jkn))
emit("jackknife/jkn_ratio", svyratio(~minutes, ~visits, jkn))

effect <- svymean(~minutes, designs$clustered, deff = "replace")
cat(sprintf("design_effect/clustered,1,%.17g,0\n", as.numeric(deff(effect))))
for (level in c("15-34", "35-59", "60+")) {
  s <- update(designs$clustered, hit = as.numeric(age == level))
  p <- svyciprop(~hit, s, method = "beta")
  cat(sprintf("korn_graubard/%s,1,%.17g,%.17g\n", level, attr(p, "ci")[1], attr(p, "ci")[2]))
}
