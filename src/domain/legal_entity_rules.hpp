// What is recorded about the company behind a user, and when that is enough for a carrier.
//
// Pure rules over the record (legal_entity::record): reading what an operator sends, merging it,
// listing what is missing. The EIN is not part of the record: it is handed out apart, to be sealed.
// Shapes are checked where every carrier agrees (mail, web and telephone addresses, the type of
// company); words that differ from carrier to carrier (industry, regions) are kept as given.
// Rules: naive dialect §9; the fields are those a campaign registry asks for.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/object_reader.hpp"
#include "domain/ein.hpp"

namespace dialplane {

// Checked changes. A member of `record` replaces the stored one whole; null empties it.
struct legal_entity_changes {
  boost::json::object record;
  nullable<dialplane::ein> ein;
};

// Reads a body of formation create or update. Refused: invalid_input, ein_invalid; `field` is the
// dot path. No member is required: what is missing is asked for at submit.
result<legal_entity_changes> read_legal_entity_changes(const boost::json::object& body);

// Puts the changes into a record.
void apply_changes(boost::json::object& record, const boost::json::object& changes);

// At a dot path of one or two names; null where the record has nothing there.
const boost::json::value* find_in_record(const boost::json::object& record,
                                         std::string_view path);

// Dot paths of what a carrier needs and the record lacks, in the order of the record. The EIN is
// never among them: it comes with the first number.
std::vector<std::string> missing_entity_fields(const boost::json::object& record);
// entity_incomplete with details.missing[].
error entity_is_incomplete(const std::vector<std::string>& missing);

// "name@host.tld" in shape, at most 254 characters. Whether it exists is not asked.
bool is_email_shape(std::string_view text) noexcept;
// "https://host.tld/…" in shape, without spaces, at most 2048 characters.
bool is_https_url_shape(std::string_view text) noexcept;

}  // namespace dialplane
