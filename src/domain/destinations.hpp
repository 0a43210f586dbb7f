// Where texts may go: the United States unless the operator switches on more; never to premium,
// personal, government, toll-free and carrier numbers, nor to emergency and service codes.
//
// +1 is not the US: two dozen countries share it, told apart by area code. Outside +1 a calling
// code is switched on as a whole ("+44"), and the prefixes of share/refused_prefixes.csv stay
// refused. Rules: nanp.md of the documents, "Refuse as destination by default".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/e164.hpp"

namespace dialplane {

class refused_prefix_table {
 public:
  static result<refused_prefix_table> read(std::string_view text);
  // Why numbers that begin so are refused; the longest prefix decides.
  std::optional<std::string_view> find(std::string_view e164) const;

 private:
  struct row {
    std::string prefix;
    bool refuse = true;
    std::string why;
  };
  std::vector<row> rows_;
};

// What the operator switched on: "US", "CA", "DO" within +1, "+44" elsewhere.
bool is_country_entry(std::string_view entry) noexcept;

struct refused_destination {
  std::string_view why;  // stable word: "premium", "country", "area_code_unknown"
  std::string sentence;
};

// `fictitious`: exchange 555 is an ordinary exchange (both ends live in the built-in carrier).
std::optional<refused_destination> judge_destination(const e164& to,
                                                     const std::vector<std::string>& countries,
                                                     const refused_prefix_table& prefixes,
                                                     bool fictitious);

// As a sender may write it: E.164, or refused with destination_not_allowed for the codes that are
// dialled alone (911, 988, 411, 933, short codes), so that whoever texts them is told why.
result<e164> parse_destination(std::string_view text, std::string_view field = "to");

error destination_refused(const refused_destination& reason);

}  // namespace dialplane
