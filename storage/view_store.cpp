#include "storage/view_store.hpp"

#include "storage/lmdb.hpp"
#include "storage/view_records.hpp"

#include <algorithm>
#include <cstring>

namespace btpay {

namespace {

constexpr std::string_view layout_key = "layout";
constexpr std::string_view live_key = "live";
constexpr std::uint64_t layout_version = 1;

/// Generation, kind and user, big-endian, so that their order is that of their bytes.
std::string key_of(std::uint64_t generation, std::uint8_t kind, user_id user) {
  std::string key;
  const auto add = [&key](std::uint64_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i)
      key.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
  };
  add(generation, 8);
  add(kind, 1);
  add(raw(user), 8);
  return key;
}

std::uint64_t number_in(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (const char byte : bytes)
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

constexpr std::size_t key_bytes = 17;
bool is_of(std::string_view key, std::uint64_t generation) noexcept {
  return key.size() == key_bytes && number_in(key.substr(0, 8)) == generation;
}

result<writer_lock> right_to_build(const std::filesystem::path& dir) {
  return writer_lock::take(dir, "views are being rebuilt there, by btpay-replay or by btpayd in the background; wait "
                                "until that is done");
}

} // namespace

struct view_store::impl {
  explicit impl(lmdb::environment opened) : env(std::move(opened)) {}

  lmdb::environment env;
  std::optional<writer_lock> lock;
  lmdb::database meta;
  lmdb::database kept;  ///< number -> view_generation
  lmdb::database views; ///< key_of -> stored_view

  result<void> open_databases();
  result<void> check_layout(bool make);

  result<std::uint64_t> live(const lmdb::transaction&) const;
  result<std::vector<view_generation>> generations(const lmdb::transaction&) const;
  result<view_generation> generation(const lmdb::transaction&, std::uint64_t number) const;
  result<void> put(lmdb::write_transaction&, const view_generation&) const;
  result<void> remove(lmdb::write_transaction&, std::uint64_t number) const;
  result<void> copy_kept(lmdb::write_transaction&, std::uint64_t from, const view_generation& to) const;
  result<bool> is_of_log(const lmdb::transaction&, std::uint64_t number, std::string_view epoch) const;
  result<std::uint64_t> generation_to_put_into(lmdb::write_transaction&, std::string_view epoch) const;
  result<bool> holds_newer(const lmdb::transaction&, std::string_view key, const stored_view& than) const;
  result<void> set_live(lmdb::write_transaction& txn, std::uint64_t number) const {
    return txn.put(meta, live_key, {reinterpret_cast<const char*>(&number), sizeof number});
  }
  template <class Visit>
  result<void> each(const lmdb::transaction&, std::uint64_t number, Visit&& visit) const;
  refusal at_view(const stored_view& view, const refusal& why) const {
    return {why.code, "view " + std::to_string(view.kind) + " of user " + std::to_string(raw(view.user)) + " in " +
                          env.path().string() + ' ' + why.message};
  }
};

result<void> view_store::impl::open_databases() {
  const auto into = [this](lmdb::database& which, const char* name, lmdb::key_order order) {
    return env.open_database(name, order).map([&which](lmdb::database opened) { which = opened; });
  };
  auto opened = into(meta, "meta", lmdb::key_order::bytes);
  if (opened)
    opened = into(kept, "generations", lmdb::key_order::integers);
  if (opened)
    opened = into(views, "views", lmdb::key_order::bytes);
  return opened;
}

result<void> view_store::impl::check_layout(bool make) {
  const auto read = env.view([this](const lmdb::transaction& txn) -> result<std::optional<std::uint64_t>> {
    const auto found = txn.get(meta, layout_key);
    if (!found)
      return tl::unexpected{found.error()};
    if (!*found)
      return std::nullopt;
    std::uint64_t version = 0;
    std::memcpy(&version, (*found)->data(), std::min(sizeof version, (*found)->size()));
    return version;
  });
  if (!read)
    return tl::unexpected{read.error()};
  if (*read && **read != layout_version)
    return refuse(errc::unsupported_version, env.path().string() + " was written by a newer btpay: use that one, or "
                                                                   "remove this directory and rebuild the views");
  if (*read || !make)
    return {};
  return env.update([this](lmdb::write_transaction& txn) {
    return txn.put(meta, layout_key, {reinterpret_cast<const char*>(&layout_version), sizeof layout_version});
  });
}

/// 0: none yet.
result<std::uint64_t> view_store::impl::live(const lmdb::transaction& txn) const {
  const auto found = txn.get(meta, live_key);
  if (!found)
    return tl::unexpected{found.error()};
  std::uint64_t number = 0;
  if (*found && (*found)->size() == sizeof number)
    std::memcpy(&number, (*found)->data(), sizeof number);
  return number;
}

result<std::vector<view_generation>> view_store::impl::generations(const lmdb::transaction& txn) const {
  auto cursor = txn.open_cursor(kept);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  std::vector<view_generation> all;
  view_decoder decoder;
  auto found = cursor->first();
  for (; found && *found; found = cursor->next()) {
    auto& one = all.emplace_back();
    one.number = lmdb::integer_key(**found);
    if (auto decoded = decoder.decode((*found)->value, one); !decoded)
      return refuse(decoded.error().code, "generation " + std::to_string(one.number) + " of " + env.path().string() +
                                              ' ' + decoded.error().message);
  }
  if (!found)
    return tl::unexpected{std::move(found.error())};
  return all;
}

result<view_generation> view_store::impl::generation(const lmdb::transaction& txn, std::uint64_t number) const {
  auto all = generations(txn);
  if (!all)
    return tl::unexpected{std::move(all.error())};
  const auto found = std::find_if(all->begin(), all->end(), [&](auto& one) { return one.number == number; });
  if (found == all->end())
    return refuse(errc::unknown_item, env.path().string() + " has no generation " + std::to_string(number));
  return std::move(*found);
}

result<void> view_store::impl::put(lmdb::write_transaction& txn, const view_generation& one) const {
  view_encoder encoder;
  return txn.put(kept, one.number, encoder.encode(one));
}

template <class Visit>
result<void> view_store::impl::each(const lmdb::transaction& txn, std::uint64_t number, Visit&& visit) const {
  auto cursor = txn.open_cursor(views);
  if (!cursor)
    return tl::unexpected{std::move(cursor.error())};
  auto found = cursor->seek(key_of(number, 0, user_id{}));
  for (; found && *found && is_of((*found)->key, number); found = cursor->next()) {
    const auto key = (*found)->key;
    auto going = visit(*cursor, static_cast<std::uint8_t>(key[8]), user_id{number_in(key.substr(9))}, (*found)->value);
    if (!going || !*going)
      return going.map([](bool) {});
  }
  return found.map([](auto&) {});
}

result<void> view_store::impl::remove(lmdb::write_transaction& txn, std::uint64_t number) const {
  auto gone = each(txn, number, [](lmdb::cursor& at, std::uint8_t, user_id, std::string_view) -> result<bool> {
    return at.erase().map([] { return true; });
  });
  if (gone)
    gone = txn.erase(kept, {reinterpret_cast<const char*>(&number), sizeof number}).map([](bool) {});
  return gone;
}

result<void> view_store::impl::copy_kept(lmdb::write_transaction& txn, std::uint64_t from,
                                         const view_generation& to) const {
  return each(txn, from, [&](lmdb::cursor&, std::uint8_t kind, user_id user, std::string_view value) -> result<bool> {
    if (to.builds(kind) && (!to.user || *to.user == user))
      return true;
    const std::string copy{value}; // a write may move what it is read from
    return txn.put(views, key_of(to.number, kind, user), copy).map([] { return true; });
  });
}

result<bool> view_store::impl::is_of_log(const lmdb::transaction& txn, std::uint64_t number,
                                         std::string_view epoch) const {
  const auto found = txn.get(kept, number);
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return false;
  view_generation one;
  view_decoder decoder;
  return decoder.decode(**found, one).map([&] { return one.epoch == epoch; });
}

/// 0: one is being built that is to be the first of this log.
result<std::uint64_t> view_store::impl::generation_to_put_into(lmdb::write_transaction& txn,
                                                               std::string_view epoch) const {
  const auto number = live(txn);
  const auto all = generations(txn);
  if (!number || !all)
    return tl::unexpected{number ? all.error() : number.error()};
  for (const auto& one : *all)
    if (one.number == *number && one.epoch == epoch)
      return *number;
  if (!all->empty() && all->back().number > *number)
    return std::uint64_t{0};
  view_generation fresh;
  fresh.number = *number + 1;
  fresh.epoch = epoch;
  fresh.done = {0};
  for (const auto& one : *all)
    if (one.number != *number)
      if (auto gone = remove(txn, one.number); !gone)
        return tl::unexpected{std::move(gone.error())};
  auto made = put(txn, fresh);
  if (made)
    made = set_live(txn, fresh.number);
  return made.map([&] { return fresh.number; });
}

result<bool> view_store::impl::holds_newer(const lmdb::transaction& txn, std::string_view key,
                                           const stored_view& than) const {
  const auto found = txn.get(views, key);
  if (!found)
    return tl::unexpected{found.error()};
  if (!*found)
    return false;
  stored_view there;
  view_decoder decoder;
  return decoder.decode(**found, there) && there.code == than.code && there.at > than.at;
}

// -- the store --------------------------------------------------------------------------------------------------------

view_store::view_store(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
view_store::~view_store() = default;

result<std::unique_ptr<view_store>> view_store::open(const std::filesystem::path& dir, use how) {
  auto env = lmdb::environment::open(dir, {.read_only = how == use::read});
  if (!env)
    return tl::unexpected{std::move(env.error())};
  auto made = std::make_unique<impl>(std::move(*env));
  if (how == use::build) {
    auto lock = right_to_build(dir);
    if (!lock)
      return tl::unexpected{std::move(lock.error())};
    made->lock.emplace(std::move(*lock));
  }
  auto ready = made->open_databases();
  if (ready)
    ready = made->check_layout(how != use::read);
  if (!ready)
    return tl::unexpected{std::move(ready.error())};
  return std::unique_ptr<view_store>(new view_store(std::move(made)));
}

result<std::optional<view_generation>> view_store::live() const {
  return impl_->env.view([this](const lmdb::transaction& txn) -> result<std::optional<view_generation>> {
    const auto number = impl_->live(txn);
    if (!number)
      return tl::unexpected{number.error()};
    if (*number == 0)
      return std::nullopt;
    return impl_->generation(txn, *number).map([](view_generation one) { return std::optional(std::move(one)); });
  });
}

result<std::optional<view_generation>> view_store::unfinished() const {
  return impl_->env.view([this](const lmdb::transaction& txn) -> result<std::optional<view_generation>> {
    const auto number = impl_->live(txn);
    auto all = impl_->generations(txn);
    if (!number || !all)
      return tl::unexpected{number ? all.error() : number.error()};
    if (all->empty() || all->back().number <= *number)
      return std::nullopt;
    return std::move(all->back());
  });
}

result<std::vector<view_generation>> view_store::generations() const {
  return impl_->env.view([this](const lmdb::transaction& txn) { return impl_->generations(txn); });
}

result<view_generation> view_store::begin(view_generation wanted) {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<view_generation> {
    const auto live = impl_->live(txn);
    const auto all = impl_->generations(txn);
    if (!live || !all)
      return tl::unexpected{live ? all.error() : live.error()};
    wanted.number = 1 + *live;
    wanted.done.clear();
    for (const auto& one : *all)
      if (one.number > *live)
        if (auto gone = impl_->remove(txn, one.number); !gone)
          return tl::unexpected{std::move(gone.error())};
    auto begun = impl_->put(txn, wanted);
    if (begun && *live != 0 && !wanted.is_whole())
      begun = impl_->copy_kept(txn, *live, wanted);
    return begun.map([&] { return wanted; });
  });
}

result<void> view_store::write(std::uint64_t generation, const std::vector<stored_view>& views) {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<void> {
    if (const auto one = impl_->generation(txn, generation); !one)
      return tl::unexpected{one.error()};
    view_encoder encoder;
    for (const auto& view : views)
      if (auto put = txn.put(impl_->views, key_of(generation, view.kind, view.user), encoder.encode(view)); !put)
        return put;
    return {};
  });
}

result<void> view_store::finish_part(std::uint64_t generation, std::uint32_t part) {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<void> {
    auto one = impl_->generation(txn, generation);
    if (!one)
      return tl::unexpected{std::move(one.error())};
    one->done.insert(std::lower_bound(one->done.begin(), one->done.end(), part), part);
    return impl_->put(txn, *one);
  });
}

result<void> view_store::go_live(std::uint64_t generation) {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<void> {
    const auto one = impl_->generation(txn, generation);
    const auto live = impl_->live(txn);
    const auto all = impl_->generations(txn);
    if (!one || !live || !all)
      return tl::unexpected{!one ? one.error() : !live ? live.error() : all.error()};
    if (!one->is_complete())
      return refuse(errc::invalid_value, "generation " + std::to_string(generation) + " is not complete");
    for (const auto& other : *all)
      if (other.number != generation && other.number != *live)
        if (auto gone = impl_->remove(txn, other.number); !gone)
          return gone;
    return impl_->set_live(txn, generation);
  });
}

result<view_generation> view_store::roll_back() {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<view_generation> {
    const auto live = impl_->live(txn);
    auto all = impl_->generations(txn);
    if (!live || !all)
      return tl::unexpected{live ? all.error() : live.error()};
    all->erase(std::remove_if(all->begin(), all->end(), [&](auto& one) { return one.number >= *live; }), all->end());
    if (all->empty())
      return refuse(errc::unknown_item, impl_->env.path().string() + " has no generation before the live one");
    auto gone = impl_->remove(txn, *live);
    if (gone)
      gone = impl_->remove(txn, *live + 1); // one that was begun from it
    if (gone)
      gone = impl_->set_live(txn, all->back().number);
    return gone.map([&] { return all->back(); });
  });
}

result<void> view_store::read(std::uint64_t generation, const std::function<bool(const stored_view&)>& visit) const {
  return impl_->env.view([&](const lmdb::transaction& txn) -> result<void> {
    view_decoder decoder;
    stored_view view;
    return impl_->each(txn, generation,
                       [&](lmdb::cursor&, std::uint8_t kind, user_id user, std::string_view value) -> result<bool> {
                         view.kind = kind;
                         view.user = user;
                         if (auto decoded = decoder.decode(value, view); !decoded)
                           return tl::unexpected{impl_->at_view(view, decoded.error())};
                         return visit(view);
                       });
  });
}

result<std::optional<stored_view>> view_store::find(std::uint8_t kind, user_id user, std::string_view epoch) const {
  return impl_->env.view([&](const lmdb::transaction& txn) -> result<std::optional<stored_view>> {
    const auto live = impl_->live(txn);
    if (!live)
      return tl::unexpected{live.error()};
    const auto found = txn.get(impl_->views, key_of(*live, kind, user));
    if (!found)
      return tl::unexpected{found.error()};
    if (!*found)
      return std::nullopt;
    if (!epoch.empty()) {
      const auto ours = impl_->is_of_log(txn, *live, epoch);
      if (!ours || !*ours)
        return ours.map([](bool) { return std::optional<stored_view>(); });
    }
    stored_view view;
    view.kind = kind;
    view.user = user;
    view_decoder decoder;
    if (auto decoded = decoder.decode(**found, view); !decoded)
      return tl::unexpected{impl_->at_view(view, decoded.error())};
    return view;
  });
}

result<std::size_t> view_store::put(std::string_view epoch, const std::vector<stored_view>& views) {
  return impl_->env.update([&](lmdb::write_transaction& txn) -> result<std::size_t> {
    const auto into = impl_->generation_to_put_into(txn, epoch);
    if (!into)
      return tl::unexpected{into.error()};
    std::size_t count = 0;
    view_encoder encoder;
    for (const auto& view : views) {
      const auto key = key_of(*into, view.kind, view.user);
      const auto newer = impl_->holds_newer(txn, key, view);
      if (!newer)
        return tl::unexpected{newer.error()};
      if (*into == 0 || *newer)
        continue;
      if (auto put = txn.put(impl_->views, key, encoder.encode(view)); !put)
        return tl::unexpected{std::move(put.error())};
      ++count;
    }
    return count;
  });
}

result<writer_lock> view_store::claim_building() const { return right_to_build(impl_->env.path()); }

} // namespace btpay
