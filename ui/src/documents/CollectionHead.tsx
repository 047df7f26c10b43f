import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CollectionInfo } from "../api";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import { useMe } from "../queries";
import { may } from "../session/may";
import classes from "./Documents.module.css";
import { RemoveCollection } from "./RemoveCollection";
import { ShareCollection } from "./ShareCollection";
import { useReaders } from "./useReaders";

/** A collection's name, size and readers, and what can be done with it as a whole. */
export function CollectionHead({ collection }: { collection: CollectionInfo }) {
  const { t } = useTranslation();
  const me = useMe().data;
  const { namesOf } = useReaders();
  const [doing, setDoing] = useState<"share" | "remove" | null>(null);
  const done = () => setDoing(null);
  const signIn = me?.sign_in === true;
  return (
    <div className={shared.above}>
      <div>
        <h2 className={classes.headTitle}>{collection.name}</h2>
        <p className={classes.quiet}>
          {t("chat.documents", { count: collection.documents })}
          {signIn && ` · ${t("sharing.readBy", { names: namesOf(collection.readers) || t("readers.admins") })}`}
        </p>
      </div>
      <Group gap="xs">
        {signIn && may(me, "editor") && (
          <Button size="xs" variant="default" leftSection={<Icon name="person" size={16} />} onClick={() => setDoing("share")}>
            {t("sharing.who")}
          </Button>
        )}
        {may(me, "admin") && (
          <Button size="xs" variant="default" leftSection={<Icon name="trash" size={16} />} onClick={() => setDoing("remove")}>
            {t("documents.removeCollection")}
          </Button>
        )}
      </Group>
      {doing === "share" && <ShareCollection collection={collection} onClose={done} />}
      {doing === "remove" && <RemoveCollection collection={collection} onClose={done} />}
    </div>
  );
}
