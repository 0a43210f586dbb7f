// Reads a registration as a carrier's reviewer would, before any carrier sees it and any fee is
// paid: what is missing, what is wrong, why it would be rejected, what would be right.
//
// One rule is one row of a table: an id, the field it is about, how grave it is, the sentences, and
// where it comes from. Pure: the record is what was entered, nothing is fetched or looked up.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/campaign.hpp"
#include "domain/findings.hpp"

namespace dialplane {

// What is to be registered. Of the EIN only what rules need.
struct lint_subject {
  boost::json::object record;            // of the legal entity, with `messaging`
  registration_tier tier = registration_tier::standard;
  bool has_ein = false;
  std::string ein_prefix;                // two digits
  bool ein_looks_made_up = false;
};

// The record as rules ask for it: texts by dot path, lists, samples in lower case.
class registration_text;

struct lint_rule {
  std::string_view id;                   // "sample_without_opt_out"
  std::string_view field;                // dot path in the record
  finding_severity severity = finding_severity::error;
  std::string_view message;              // why carriers reject it
  std::string_view fix;                  // what would be right
  std::string_view source;               // document or standard
  bool (*broken)(const registration_text&) = nullptr;
};

// Documents that rules of both tables come from.
inline constexpr std::string_view brand_source = "The Campaign Registry, brand fields";
inline constexpr std::string_view sole_source = "The Campaign Registry, sole proprietor brands";
inline constexpr std::string_view public_source = "The Campaign Registry, public company brands";
inline constexpr std::string_view campaign_source = "The Campaign Registry, campaign fields";

// Every rule: those about missing fields, and those about what is there.
std::span<const lint_rule> missing_field_rules() noexcept;
std::span<const lint_rule> content_rules() noexcept;

// Errors before warnings, each in the order of the tables. Rules about what a missing field would
// say are silent.
std::vector<finding> lint_registration(const lint_subject& subject);

}  // namespace dialplane
