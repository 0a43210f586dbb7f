#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

struct listed {
  std::vector<uuid_bytes> ids;
  bool more;
  bool operator==(const listed&) const = default;
};

std::ostream& operator<<(std::ostream& out, const listed& page) {
  for (const uuid_bytes& id : page.ids) out << uuid_text(id) << ' ';
  return out << (page.more ? "and more" : "and no more");
}

class number_list {
 public:
  number_list(store_fixture& at, const tenant& of, int rows) : at_(at), of_(of) {
    for (int i = 0; i < rows; ++i) {
      number row = make_number(at, of);
      at.must_write([&](session& work) { return work.numbers().insert(row); });
      ids_.push_back(row.id.bytes);
    }
  }

  uuid_bytes id(int i) const { return ids_[static_cast<std::size_t>(i)]; }
  void remove(int i) {
    at_.must_write([&](session& work) {
      return work.numbers().remove(of_.company.id, number_id{id(i)});
    });
  }
  listed page(const page_request& cut) {
    const auto found = at_.must_read([&](session& work) {
      return work.numbers().page_of(of_.company.id, {}, cut);
    });
    return {ids_of(found.rows), found.has_more};
  }

 private:
  store_fixture& at_;
  const tenant& of_;
  std::vector<uuid_bytes> ids_;
};

}  // namespace

STORE_TEST_CASE("pages go newest first in both directions, also around holes") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  number_list foreign_before(at, other, 2);
  number_list rows(at, mine, 7);
  number_list foreign_after(at, other, 2);

  CHECK(rows.page({.limit = 3}) == listed{{rows.id(6), rows.id(5), rows.id(4)}, true});
  CHECK(rows.page({.after = rows.id(4), .limit = 3}) ==
        listed{{rows.id(3), rows.id(2), rows.id(1)}, true});
  CHECK(rows.page({.after = rows.id(1), .limit = 3}) == listed{{rows.id(0)}, false});
  CHECK(rows.page({.after = rows.id(3), .limit = 3}) ==
        listed{{rows.id(2), rows.id(1), rows.id(0)}, false});
  CHECK(rows.page({.after = rows.id(0), .limit = 3}) == listed{{}, false});

  // The rows just newer than the cursor, still newest first.
  CHECK(rows.page({.before = rows.id(1), .limit = 3}) ==
        listed{{rows.id(4), rows.id(3), rows.id(2)}, true});
  CHECK(rows.page({.before = rows.id(4), .limit = 3}) ==
        listed{{rows.id(6), rows.id(5)}, false});
  CHECK(rows.page({.before = rows.id(3), .limit = 3}) ==
        listed{{rows.id(6), rows.id(5), rows.id(4)}, false});
  CHECK(rows.page({.before = rows.id(6), .limit = 3}) == listed{{}, false});

  rows.remove(4);
  rows.remove(3);
  CHECK(rows.page({.limit = 3}) == listed{{rows.id(6), rows.id(5), rows.id(2)}, true});
  CHECK(rows.page({.after = rows.id(4), .limit = 2}) == listed{{rows.id(2), rows.id(1)}, true});
  CHECK(rows.page({.before = rows.id(3), .limit = 2}) ==
        listed{{rows.id(6), rows.id(5)}, false});
  CHECK(rows.page({.before = rows.id(1), .limit = 2}) == listed{{rows.id(5), rows.id(2)}, true});
}

STORE_TEST_CASE("walking page by page meets every row once, forwards and backwards") {
  const tenant mine = make_tenant(at);
  constexpr int count = 23;
  number_list rows(at, mine, count);
  for (const std::size_t limit : {1U, 2U, 5U, 22U, 23U, 24U, 100U}) {
    CAPTURE(limit);
    std::vector<uuid_bytes> seen;
    page_request cut{.limit = limit};
    listed now;
    do {
      now = rows.page(cut);
      seen.insert(seen.end(), now.ids.begin(), now.ids.end());
      if (!now.ids.empty()) cut.after = now.ids.back();
    } while (now.more);
    REQUIRE(seen.size() == count);
    for (int i = 0; i < count; ++i) CHECK(seen[static_cast<std::size_t>(i)] == rows.id(22 - i));

    std::vector<uuid_bytes> back;
    cut = {.before = rows.id(0), .limit = limit};
    do {
      now = rows.page(cut);
      back.insert(back.begin(), now.ids.begin(), now.ids.end());
      if (!now.ids.empty()) cut.before = now.ids.front();
    } while (now.more);
    REQUIRE(back.size() == count - 1);
    CHECK(std::equal(back.begin(), back.end(), seen.begin()));
  }
}

}  // namespace dialplane::test
