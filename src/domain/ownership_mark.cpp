#include "domain/ownership_mark.hpp"

#include "base/check.hpp"

namespace dialplane {

namespace {
constexpr std::string_view start = "dp1_";
constexpr std::size_t installation_size = 6;
constexpr std::size_t id_size = 22;
constexpr std::size_t mark_size = start.size() + installation_size + 1 + id_size + 1 + id_size;
}  // namespace

std::string owner_text(std::string_view installation, user_id who) {
  CHECK(installation.size() == installation_size);
  return "dpu_" + std::string(installation) + "_" + base62_text(who.bytes);
}

std::string to_text(const ownership_mark& mark) {
  CHECK(mark.installation.size() == installation_size);
  std::string text(start);
  text.append(mark.installation).append("_").append(base62_text(mark.organization.bytes));
  return text.append("_").append(base62_text(mark.operation.bytes));
}

std::optional<ownership_mark> parse_ownership_mark(std::string_view text) {
  if (text.size() != mark_size || !text.starts_with(start)) return std::nullopt;
  text.remove_prefix(start.size());
  const std::string_view installation = text.substr(0, installation_size);
  text.remove_prefix(installation_size);
  if (text[0] != '_' || text[1 + id_size] != '_') return std::nullopt;
  const auto organization = parse_base62_text(text.substr(1, id_size));
  const auto operation = parse_base62_text(text.substr(2 + id_size));
  if (!organization || !operation) return std::nullopt;
  return ownership_mark{std::string(installation), organization_id{*organization},
                        operation_id{*operation}};
}

}  // namespace dialplane
