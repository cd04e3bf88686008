-- The effective closure rate, counted a second time by hand: nothing of the package is used.
--
-- For an auditor's own database. It needs a table or view `cases` with the columns branch, category,
-- referred_on, closed_on, reopened_on, disposition, referred_amount_twd and paid_amount_twd, and is
-- written for any that keeps to the standard (tried in DuckDB and PostgreSQL). For another year,
-- change the two days below.
--
-- Typed from the 107 annual performance report, 1.1.(1).1, row of the measure: a closed case is
-- effective if paid in full, or if paid in part (certificate, withdrawn or returned) and over the
-- threshold of its tier: 1/2 of a referred amount under 200,000, 3/5 of one under 1,000,000, 3/4 of
-- any other. Exactly on the threshold is not over it.
--
-- A row for each branch, category and tier, then one for each branch and one for the nation, in
-- which what was added up stands as 'all'. rate_106 is E / C, rate_107 the measure of 107, each in
-- percent; neither has a value where it divides by nothing.
WITH the_year AS (
    SELECT DATE '2018-01-01' AS first_day, DATE '2018-12-31' AS last_day
),
of_the_year AS (
    SELECT
        branch,
        category,
        CASE
            WHEN referred_amount_twd < 200000 THEN 'ordinary'
            WHEN referred_amount_twd < 1000000 THEN 'special'
            ELSE 'major'
        END AS tier,
        CASE WHEN referred_on >= first_day THEN 1 ELSE 0 END AS is_new,
        CASE
            WHEN referred_on < first_day AND reopened_on >= first_day AND reopened_on <= last_day
            THEN 1 ELSE 0
        END AS is_reopened,
        CASE WHEN closed_on <= last_day THEN 1 ELSE 0 END AS is_closed,
        CASE
            WHEN closed_on IS NULL OR closed_on > last_day THEN 0
            WHEN disposition = 'paid_in_full' THEN 1
            WHEN disposition NOT IN ('part_certificate', 'part_withdrawn', 'part_returned') THEN 0
            WHEN referred_amount_twd < 200000
            THEN CASE WHEN paid_amount_twd > referred_amount_twd * 0.5 THEN 1 ELSE 0 END
            WHEN referred_amount_twd < 1000000
            THEN CASE WHEN paid_amount_twd > referred_amount_twd * 0.6 THEN 1 ELSE 0 END
            WHEN paid_amount_twd > referred_amount_twd * 0.75 THEN 1
            ELSE 0
        END AS is_effective
    FROM cases CROSS JOIN the_year
    WHERE referred_on <= last_day AND (closed_on IS NULL OR closed_on >= first_day)
),
counted AS (
    SELECT
        COALESCE(branch, 'all') AS branch,
        COALESCE(category, 'all') AS category,
        COALESCE(tier, 'all') AS tier,
        SUM(is_new) AS new_cases,
        SUM(is_reopened) AS reopened,
        SUM(is_closed) AS closed,
        SUM(is_effective) AS effective,
        SUM(1 - is_closed) AS pending
    FROM of_the_year
    GROUP BY GROUPING SETS ((branch, category, tier), (branch), ())
),
indicators AS (
    SELECT
        counted.*,
        CAST(effective AS DOUBLE PRECISION) / NULLIF(closed, 0) AS i1,
        CAST(effective AS DOUBLE PRECISION) / NULLIF(pending, 0) AS i2
    FROM counted
)
SELECT
    branch,
    category,
    tier,
    new_cases,
    reopened,
    closed,
    effective,
    pending,
    100 * i1 AS rate_106,
    100 * (i1 * i1 * i2 + i1 * i2 * i2) / NULLIF(i1 * i1 + i2 * i2, 0) AS rate_107
FROM indicators
ORDER BY branch, category, tier;
