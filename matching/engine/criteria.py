"""Every criterion, declared once: the page that a domain expert reads and edits.

A change here is a new ENGINE_VERSION. `weight` is local: what matters is its ratio to the other
criteria of the dimension that apply to the profile. General criteria (the same value for every
profile) together hold at most a third of a dimension, since they would crown the same cities for
everybody. A missing record is unknown, except where `searched` says that all 34 provinces were
searched. Anchor points are (fact, value). Bounds that cite 'the catalogue' were set on its
quartiles of November 2026 and stay fixed, so that no place moves another.
"""

from __future__ import annotations

from matching.engine import points, tables
from matching.engine import switches as on
from matching.engine.criterion import Criterion, Linear, Membership, Ramp
from matching.engine.facts import HARD_OFFERS, SOFT_OFFERS, TALENT_OFFERS
from matching.engine.values import Anchors

ENGINE_VERSION = "1.2"

YES: Anchors = ((0, 0.0), (1, 1.0))
LEVELS: Anchors = ((0, 0.0), (3, 1.0))

# fmt: off
SECTOR = (
    Criterion(
        "sector.priority", "province", True, 3.0,
        ("省の誘致重点分野", "Sought by the province", "Lĩnh vực tỉnh ưu tiên thu hút"),
        ("priority", "sector_parent"), Linear(on.sectors, tables.priority), on.always,
        "level / 3: named as a top priority 1, named 2/3, implied 1/3; parent sector x 0.6",
    ),
    Criterion(
        "sector.asks_japan", "province", True, 1.0,
        ("日本企業を名指しした誘致", "Asks Japanese firms in this field",
         "Mời gọi doanh nghiệp Nhật trong lĩnh vực"),
        ("asks_japan",), Linear(on.sectors, tables.by_key("asks_japan", *YES)),
        on.always, "a request that names Japan 1; one open to everybody adds nothing",
    ),
    Criterion(
        "sector.cluster", "province", True, 2.0,
        ("同業の集積", "Industry already there", "Ngành đã hình thành tại địa phương"),
        ("strength",), Linear(on.sectors, tables.strength), on.always,
        "level / 3 of the province profile",
    ),
    Criterion(
        "sector.customers", "province", True, 3.0,
        ("納入先となる産業", "Industries that buy from you", "Ngành khách hàng"),
        ("strength",), Linear(on.sectors, tables.customers), on.always,
        "1 - product of (1 - supply link x level / 3); links in supply.py",
    ),
    Criterion(
        "sector.park_targets", "park", True, 2.0,
        ("団地の対象業種", "Field the park is meant for", "Ngành mục tiêu của khu công nghiệp"),
        ("target_sectors", "sector_parent"), Linear(on.sectors, tables.park_targets), on.always,
        "named 1, its parent 0.6, another field named 0",
    ),
    Criterion(
        "sector.park_customers", "park", True, 1.5,
        ("団地内の納入先業種", "Buyers' industries in the park", "Ngành khách hàng trong khu"),
        ("target_sectors",), Linear(on.sectors, tables.park_customers), on.always,
        "1 - product of (1 - supply link) over the fields the park names",
    ),
    Criterion(
        "sector.cooperation", "province", True, 0.5,
        ("分野を定めた日本との協定", "Agreements with Japan in this field",
         "Thỏa thuận với Nhật trong lĩnh vực"),
        ("cooperation",), Linear(on.sectors, tables.by_key("cooperation", (0, 0.0), (2, 1.0))),
        on.always, "one agreement 0.5, two or more 1: two make a practice (our judgement)",
    ),
)

HARD = (
    Criterion(
        "hard.offers", "park", True, 4.0,
        ("希望する施設・入居形態", "Facilities and ways of entry you want",
         "Cơ sở và hình thức vào khu mong muốn"),
        ("offers",), Linear(on.share_of(on.wanted_hard_offers), tables.offers(HARD_OFFERS)),
        on.wants_any(on.wanted_hard_offers), "share of the wanted offers that is on record",
    ),
    Criterion(
        "hard.unit_size", "park", True, 2.5,
        ("工場区画の広さ", "Size of units", "Diện tích xưởng cho thuê"),
        ("rental_units_m2",),
        Membership("rental_units_m2", "floor_area_m2", points.UNIT_FIT, points.UNIT_WITHIN),
        on.both(on.given("floor_area_m2"), on.hall),
        "1 from 0.9 to 1.5 times the need, 0 at three times or a fifth; row-house units start at "
        "250 m2 and join (slides of Ohno and others, 2015)",
    ),
    Criterion(
        "hard.free_land", "park", True, 2.5,
        ("空き用地", "Free land for your plot", "Quỹ đất trống"),
        ("free_land_m2",), Ramp("free_land_m2", points.plot),
        on.both(on.given("floor_area_m2"), on.land),
        "plot = 2 x floor; 1 at twice the plot, 0 at half of it",
    ),
    Criterion(
        "hard.power", "park", True, 1.5,
        ("受電容量", "Power supply", "Công suất điện"),
        ("power_kva",), Ramp("power_kva", points.supplies(lambda req: req.power_kva)),
        on.both(on.given("power_kva"), on.plant),
        "park's capacity 40 x the need 1, 4 x 0 (39 tenants at the median of the catalogue)",
    ),
    Criterion(
        "hard.water", "park", True, 1.0,
        ("工業用水", "Industrial water", "Cấp nước công nghiệp"),
        ("water_m3_day",), Ramp("water_m3_day", points.supplies(lambda req: req.water_m3_day)),
        on.both(on.given("water_m3_day"), on.plant), "as for power",
    ),
    Criterion(
        "hard.wastewater", "park", True, 1.0,
        ("排水処理", "Waste-water treatment", "Xử lý nước thải"),
        ("wastewater_m3_day",),
        Ramp("wastewater_m3_day", points.supplies(lambda req: req.discharge_m3_day())),
        on.both(on.either(on.given("water_m3_day"), on.given("wastewater_m3_day")), on.plant),
        "as for power; 80 % of the water is discharged (Decree 80/2014/ND-CP)",
    ),
    Criterion(
        "hard.seaport", "park", True, 2.0,
        ("深水港までの距離", "Distance to a deep-sea port", "Khoảng cách tới cảng nước sâu"),
        ("km_to_seaport", "km_to_seaport_computed"),
        Ramp("km_to_seaport", points.within_limit("max_km_to_seaport", points.SEAPORT_KM)),
        on.either(
            on.given("max_km_to_seaport"), on.both(on.purpose(*on.EXPORTS), on.plant)
        ),
        "limit asked 1, twice that 0; without a limit 20 km 1, 150 km 0; a park's own "
        "figure counts where the port it names is a deep-water port, else as the crow flies",
    ),
    Criterion(
        "hard.airport", "park", True, 1.5,
        ("国際空港までの距離", "Distance to an international airport",
         "Khoảng cách tới sân bay quốc tế"),
        ("km_to_airport", "km_to_airport_computed"),
        Ramp("km_to_airport", points.within_limit("max_km_to_airport", points.AIRPORT_KM)),
        on.either(
            on.given("max_km_to_airport"), on.purpose(*on.PEOPLE_PURPOSES), on.mode("office")
        ),
        "limit asked 1, twice that 0; without a limit 20 km 1, 150 km 0; a park's own figure "
        "counts where the airport it names is international and open, else as the crow flies",
    ),
    Criterion(
        "hard.japan_flights", "province", False, 1.0,
        ("日本直行便の空港までの距離", "Distance to flights to Japan",
         "Khoảng cách tới sân bay có chuyến bay thẳng đi Nhật"),
        ("km_to_japan_flights",),
        Linear(on.one, tables.general("km_to_japan_flights", (30, 1.0), (250, 0.0))), on.always,
        "30 km 1; 250 km 0: four hours by road, a lost day for whoever supports from Japan",
        searched=True,
    ),
    Criterion(
        "hard.expressway", "province", False, 0.5,
        ("高速道路の開通", "Expressway open", "Có đường cao tốc"),
        ("has_expressway",), Linear(on.one, tables.general("has_expressway", *YES)), on.plant,
        "a section in operation 1, none 0", searched=True,
    ),
    Criterion(
        "hard.expressway_near", "park", False, 0.25,
        ("高速道路インターまでの距離", "Distance to an expressway", "Khoảng cách tới cao tốc"),
        ("km_to_expressway",),
        Linear(on.one, tables.general("km_to_expressway", (2, 1.0), (30, 0.0))), on.plant,
        "2 km 1, 30 km 0: half an hour on local roads",
    ),
    Criterion(
        "hard.room", "park", False, 0.75,
        ("空き状況", "Room left in the park", "Mức độ còn trống"),
        ("occupancy_pct",),
        Linear(on.one, tables.general("occupancy_pct", (60, 1.0), (100, 0.0))), on.plant,
        "60 % let 1, full 0 (catalogue: quartiles 78 and 100 %)",
    ),
)

SOFT = (
    Criterion(
        "soft.offers", "park", True, 4.0,
        ("希望する支援サービス", "Services you want", "Dịch vụ hỗ trợ mong muốn"),
        ("offers",), Linear(on.share_of(on.wanted_soft_offers), tables.offers(SOFT_OFFERS)),
        on.wants_any(on.wanted_soft_offers), "share of the wanted services that is on record",
    ),
    Criterion(
        "soft.prefecture_tie", "province", True, 2.5,
        ("地元都道府県との協力関係", "Ties with your prefecture", "Quan hệ với tỉnh nhà ở Nhật"),
        ("tie_level",), Linear(on.prefecture, tables.by_key("tie_level", *LEVELS)),
        on.given("prefecture"),
        "visits or a lapsed agreement 1/3, MoU or training 2/3, friendship or desk 1",
    ),
    Criterion(
        "soft.home_desk", "province", True, 1.5,
        ("地元機関の現地窓口", "A desk of your prefecture there", "Văn phòng của tỉnh nhà tại chỗ"),
        ("home_desk",), Linear(on.prefecture, tables.by_key("home_desk", *YES)),
        on.given("prefecture"), "an office there 1",
    ),
    Criterion(
        "soft.support", "province", False, 1.5,
        ("現地の日本語支援機関", "Japanese-speaking help there",
         "Tổ chức hỗ trợ bằng tiếng Nhật tại chỗ"),
        ("support_functions",), Linear(on.one, tables.support), on.always,
        "share of consultation, matching, set-up, recruitment and after-care that is done there",
    ),
    Criterion(
        "soft.pledges", "province", True, 1.5,
        ("必要な点についての省の約束", "Pledges on what you need", "Cam kết của tỉnh về nhu cầu"),
        ("pledges",), Linear(on.share_of(on.wanted_pledges), tables.by_key("pledges", *YES)),
        on.wants_any(on.wanted_pledges), "share of the needed categories with a pledge on record",
    ),
    Criterion(
        "soft.japanese_developer", "park", False, 1.0,
        ("日系の団地運営", "Park run by a Japanese developer", "Chủ đầu tư Nhật Bản"),
        ("japanese_developer",), Linear(on.one, tables.general("japanese_developer", *YES)),
        on.plant, "Japanese share in the developer 1", japanese_presence=True,
    ),
    Criterion(
        "soft.procedures", "province", False, 1.0,
        ("行政手続き", "Administrative procedures", "Thủ tục hành chính"),
        ("papi_procedures",),
        Linear(on.one, tables.general("papi_procedures", (2.2, 0.0), (2.53, 1.0))), on.always,
        "lowest and highest province of PAPI 2024",
    ),
    Criterion(
        "soft.integrity", "province", False, 1.0,
        ("汚職の抑制", "Control of corruption", "Kiểm soát tham nhũng"),
        ("papi_corruption_control",),
        Linear(on.one, tables.general("papi_corruption_control", (6.0, 0.0), (8.2, 1.0))),
        on.always, "lowest and highest province of PAPI 2024",
    ),
    Criterion(
        "soft.law_and_order", "province", False, 0.5,
        ("治安", "Law and order", "An ninh trật tự"),
        ("papi_law_and_order",),
        Linear(on.one, tables.general("papi_law_and_order", (1.85, 0.0), (2.07, 1.0))),
        on.always, "lowest and highest province of PAPI 2024",
    ),
    Criterion(
        "soft.e_government", "province", False, 0.5,
        ("電子行政の応答", "E-government response", "Phản hồi chính quyền điện tử"),
        ("papi_e_responsiveness",),
        Linear(on.one, tables.general("papi_e_responsiveness", (0.74, 0.0), (1.26, 1.0))),
        on.always, "lowest and highest province of PAPI 2024",
    ),
)

TALENT = (
    Criterion(
        "talent.fields", "province", True, 3.0,
        ("必要な専門分野の教育機関", "Schools in the fields you need",
         "Trường đào tạo lĩnh vực cần tuyển"),
        ("talent_fields", "neighbours"),
        Linear(on.chosen("talent_fields"), tables.fields),
        on.given("talent_fields"),
        "per field: one school 0.7, three 1, next door x 0.8; mean over the fields asked",
    ),
    Criterion(
        "talent.sector_fields", "province", True, 2.0,
        ("業種に合う専門教育", "Schools in your industry's fields",
         "Trường đào tạo đúng ngành nghề"),
        ("talent_fields", "neighbours"), Linear(on.sectors, tables.sector_fields),
        on.without(on.given("talent_fields")),
        "as talent.fields, with the fields that the sector hires from (tables.SECTOR_FIELDS)",
    ),
    Criterion(
        "talent.offers", "park", True, 0.75,
        ("採用・寮・訓練の支援", "Recruiting, dormitory, training",
         "Hỗ trợ tuyển dụng, ký túc xá, đào tạo"),
        ("offers",), Linear(on.share_of(on.wanted_talent_offers), tables.offers(TALENT_OFFERS)),
        on.wants_any(on.wanted_talent_offers), "share of the wanted offers that is on record",
    ),
    Criterion(
        "talent.people_tie", "province", True, 1.5,
        ("地元都道府県との人材交流", "People exchange with your prefecture",
         "Hợp tác nhân lực với tỉnh nhà"),
        ("people_tie",), Linear(on.prefecture, tables.by_key("people_tie", *YES)),
        on.given("prefecture"),
        "an agreement on people or education 1: where returning trainees can be found",
    ),
    Criterion(
        "talent.japanese", "province", False, 0.5,
        ("日本語教育", "Japanese-language schools", "Đào tạo tiếng Nhật"),
        ("japanese_language_schools",),
        Linear(on.one, tables.general("japanese_language_schools", (0, 0.0), (1, 0.7), (3, 1.0))),
        on.always, "one school 0.7, three 1",
    ),
    Criterion(
        "talent.japan_partners", "province", False, 0.25,
        ("日本と提携する教育機関", "Schools with Japanese partners", "Trường có đối tác Nhật Bản"),
        ("japan_partner_schools",),
        Linear(on.one, tables.general("japan_partner_schools", (0, 0.0), (1, 0.6), (4, 1.0))),
        on.always, "one school 0.6, four 1 (catalogue: upper quartile 4)",
    ),
    Criterion(
        "talent.labour_pool", "province", False, 0.75,
        ("労働力の規模", "Size of the labour pool", "Quy mô lao động"),
        ("population",),
        Linear(on.one, tables.general("population", (5e5, 0.0), (4e6, 1.0))),
        on.both(on.given("workers"), on.plant),
        "0.5 million people 0, 4 million 1 (catalogue: from the smallest to the upper quartile)",
    ),
)

MARKET = (
    Criterion(
        "market.customers_near", "park", True, 8.0,
        ("取引先のある省までの距離", "Distance to your customers' provinces",
         "Khoảng cách tới tỉnh có khách hàng"),
        ("km_to_provinces",), Linear(on.chosen("customer_provinces"), tables.customers_near),
        on.given("customer_provinces"), "mean over the provinces named; 30 km 1, 300 km 0",
    ),
    Criterion(
        "market.ties", "province", True, 3.0,
        ("既存の縁のある省", "Where you already have ties", "Nơi đã có quan hệ"),
        ("neighbours", "province_macro"), Linear(on.chosen("existing_ties"), tables.ties),
        on.given("existing_ties"), "mean over the ties; there 1, next door 0.6, same part 0.3",
        searched=True,
    ),
    Criterion(
        "market.buyers", "province", True, 2.5,
        ("取引圏内の納入先産業", "Buyers within reach", "Ngành khách hàng trong vùng"),
        ("strength", "neighbours"), Linear(on.sectors, tables.buyers_in_reach), on.always,
        "sector.customers of the province, or of a neighbour x 0.8, whichever is higher",
    ),
    Criterion(
        "market.suppliers", "province", True, 1.5,
        ("調達先となる産業", "Suppliers within reach", "Ngành cung ứng trong vùng"),
        ("strength", "neighbours"), Linear(on.sectors, tables.suppliers_in_reach),
        on.without(on.purpose("development-offshore")),
        "1 - product of (1 - supply link x level / 3), there or next door x 0.8; supply.py",
    ),
    Criterion(
        "market.japanese_makers", "province", False, 1.5,
        ("日系企業の投資件数", "Japanese investment projects", "Số dự án đầu tư Nhật Bản"),
        ("japanese_projects",),
        Linear(on.one, tables.general(
            "japanese_projects", (0, 0.0), (20, 0.4), (100, 0.7), (300, 1.0))),
        on.purpose("supply-japanese-makers"),
        "20 projects 0.4, 100 0.7, 300 1 (catalogue: quartiles 9, 22, 176)",
        japanese_presence=True,
    ),
    Criterion(
        "market.japanese_tenants", "park", False, 0.5,
        ("団地内の日系企業", "Japanese tenants in the park", "Doanh nghiệp Nhật trong khu"),
        ("japanese_tenants",),
        Linear(on.one, tables.general("japanese_tenants", (0, 0.0), (20, 0.7), (50, 1.0))),
        on.both(on.purpose("supply-japanese-makers"), on.plant),
        "20 tenants 0.7, 50 1 (catalogue: median 20, largest 59)", japanese_presence=True,
    ),
    Criterion(
        "market.growth", "province", False, 1.0,
        ("経済成長率", "Economic growth", "Tăng trưởng kinh tế"),
        ("grdp_growth_pct",),
        Linear(on.one, tables.general("grdp_growth_pct", (5, 0.0), (11, 1.0))), on.always,
        "5 % 0, 11 % 1 (catalogue 2025: 5.8 to 11.9 %)",
    ),
    Criterion(
        "market.purchasing_power", "province", False, 1.5,
        ("一人当たりGRDP", "GRDP per person", "GRDP bình quân đầu người"),
        ("grdp_per_capita_vnd_mn",),
        Linear(on.one, tables.general("grdp_per_capita_vnd_mn", (45, 0.0), (195, 1.0))),
        on.purpose("sell-in-vietnam"), "45 million VND 0, 195 million 1 (range of the catalogue)",
    ),
    Criterion(
        "market.exports", "province", False, 0.3,
        ("輸出の実績", "Export record", "Kim ngạch xuất khẩu"),
        ("exports_usd_mn",),
        Linear(on.one, tables.general("exports_usd_mn", (1e3, 0.0), (1e4, 0.6), (4e4, 1.0))),
        on.purpose(*on.EXPORTS), "1 bn USD 0, 10 bn 0.6, 40 bn 1: forwarders follow volume",
    ),
)

COST = (
    Criterion(
        "cost.rent", "park", True, 3.0,
        ("工場賃料と予算", "Factory rent against budget", "Giá thuê xưởng so với ngân sách"),
        ("factory_rent_usd_m2_month",), Ramp("factory_rent_usd_m2_month", points.within_budget),
        on.both(on.given("rent_budget_usd_m2_month"), on.hall),
        "within budget 1, 150 % of it 0",
    ),
    Criterion(
        "cost.wage", "province", True, 2.0,
        ("最低賃金と賃金予算", "Minimum wage against pay budget",
         "Lương tối thiểu so với ngân sách lương"),
        ("minimum_wage_vnd_month",), Ramp("minimum_wage_vnd_month", points.hires_at),
        on.given("wage_budget_usd_month"),
        "budget 1.7 x the minimum wage 1, equal to it 0", searched=True,
    ),
    Criterion(
        "cost.minimum_wage", "province", False, 1.0,
        ("最低賃金", "Minimum wage", "Lương tối thiểu vùng"),
        ("minimum_wage_vnd_month",),
        Linear(on.one, tables.general("minimum_wage_vnd_month", (3.7e6, 1.0), (5.8e6, 0.0))),
        on.without(on.given("wage_budget_usd_month")),
        "zone IV 3.70 million VND 1, zone I 5.31 million 0.23 (Decree 293/2025/ND-CP)",
        searched=True,
    ),
    Criterion(
        "cost.land_rent", "park", False, 1.5,
        ("用地の賃借料", "Land rent of the park", "Giá thuê đất của khu"),
        ("land_rent_usd_m2",),
        Linear(on.one, tables.general("land_rent_usd_m2", (50, 1.0), (250, 0.0))), on.land,
        "50 USD 1, 250 USD 0 for the lease term (catalogue: 30 to 300 USD)",
    ),
    Criterion(
        "cost.land_benchmark", "province", False, 0.75,
        ("省の用地相場", "Land rents of the province", "Mặt bằng giá thuê đất của tỉnh"),
        ("land_rent_benchmark_usd_m2",),
        Linear(on.one, tables.general("land_rent_benchmark_usd_m2", (50, 1.0), (250, 0.0))),
        on.land, "as cost.land_rent",
    ),
    Criterion(
        "cost.incentives", "park", False, 0.75,
        ("立地の優遇措置", "Incentives of the site", "Ưu đãi của địa điểm"),
        ("tax_incentive",), Linear(on.one, tables.general("tax_incentive", *YES)), on.plant,
        "an incentive on record 1",
    ),
)

# fmt: on
CRITERIA: tuple[Criterion, ...] = SECTOR + HARD + SOFT + TALENT + MARKET + COST
CODES = tuple(criterion.code for criterion in CRITERIA)

# Facts known only as 'bad': shown as cautions, never scored, since silence is not a good mark.
BAD_ONLY_FACTS = ("power_shortage",)
