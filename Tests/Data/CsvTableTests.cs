using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Tests.Data;

/// <summary>Tables from anywhere: what is written is read back, and whatever bytes there are, the answer is one line.</summary>
public sealed class CsvTableTests : IDisposable
{
    private const int Inputs = 4000;

    private readonly DataFolder data = new();

    public void Dispose() => data.Dispose();

    private static ImageSet Set(params string[] sources) =>
        new(Split.Train, "train", ["happy", "sad"], [.. sources.Select((_, i) => i % 2)], [.. sources.Select(_ => new byte[1])], sources);

    [Fact]
    public void What_is_written_for_spreadsheets_is_read_back_exactly()
    {
        const string Alphabet = "ab '\",;=+-@\t\r\n\0\u00A0\u2028é漢0.1";
        var random = new Random(1);
        string[][] rows =
        [
            .. Enumerable
                .Range(0, 500)
                .Select(_ =>
                    Enumerable
                        .Range(0, 3)
                        .Select(_ => new string([
                            .. Enumerable.Range(0, random.Next(6)).Select(_ => Alphabet[random.Next(Alphabet.Length)]),
                        ]))
                        .Append("end")
                        .ToArray()
                ),
        ];
        data.Add("t.csv", "a,b,c,d\n" + string.Concat(rows.Select(r => CsvLine.Format(r))));
        using var table = new CsvTable(data["t.csv"]);
        foreach (string[] row in rows)
        {
            Assert.True(table.Read());
            Assert.Equal(row, Enumerable.Range(0, 4).Select(c => CsvLine.Restore(table.Cell(c))));
            Assert.All(row.Take(3), cell => Assert.Equal(cell, CsvLine.Restore(CsvLine.Defuse(cell))));
        }
        Assert.False(table.Read());
    }

    [Fact]
    public void Lists_of_names_that_begin_like_formulas_name_the_same_images()
    {
        string[] names = ["-a.png", "@b.png", "=c.png", "+d.png", "'-e.png", " f.png", "g,h.png", "i\nj.png", "k\\l.png", "m\"n.png"];
        data.Add("list.csv", CsvLine.Format(["path"]) + string.Concat(names.Select(n => CsvLine.Format([n]))));
        Assert.Contains("'-a.png\n", File.ReadAllText(data["list.csv"]), StringComparison.Ordinal);
        using (var table = new ImageTable(data["list.csv"]))
            Assert.Equal(Enumerable.Range(0, names.Length), table.Match(new ImageNameIndex(names)));

        data.Add("raw.csv", "path\n-a.png\n'-e.png\n'x.png\n");
        using (var table = new ImageTable(data["raw.csv"]))
            Assert.Equal([0, 1, 2], table.Match(new ImageNameIndex(["-a.png", "'-e.png", "'x.png"])));
    }

    [UnixFact]
    public void The_leaks_of_such_names_are_left_out_by_training()
    {
        data.Add("-a.png", DataFolder.Png(1)).Add("@b.png", DataFolder.Png(1)).AddImages("more", 8, 10);
        data.Add(
            "data.csv",
            "path,label,split\n'-a.png,happy,train\n@b.png,sad,train\n"
                + string.Concat(
                    Enumerable.Range(10, 8).Select(i => $"more/00{i}.png,{(i % 2 == 0 ? "happy" : "sad")},{(i < 14 ? "train" : "val")}\n")
                )
        );
        ProcessResult result = TrainerProcess.Run("data", "--data", data["data.csv"], "--leaks", data["leaks.csv"]);
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.Equal(
            ["path,reason", "'-a.png,", "'@b.png,"],
            File.ReadAllLines(data["leaks.csv"]).Select((l, i) => i == 0 ? l : l[..(l.IndexOf(',', StringComparison.Ordinal) + 1)])
        );
        (Dataset dataset, DataReport report) = DataLoader.Load(
            new DataOptions { Path = data["data.csv"] },
            DataFolder.Grey8,
            [Split.Train]
        );
        Dataset left = TrainingSetCuration.Apply(dataset, report, new TrainingSetOptions { Exclude = data["leaks.csv"] });
        Assert.Equal(["-a.png", "@b.png"], left.Changes.LeftOut.Select(l => l.Image));

        ProcessResult again = TrainerProcess.Run("data", "--data", data["data.csv"], "--leaks", data["leaks.csv"]);
        Assert.Equal(ExitCode.Usage, again.Code);
        Assert.Contains("exists already: give --force", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, TrainerProcess.Run("data", "--data", data["data.csv"], "--leaks", data["leaks.csv"], "--force").Code);
        ProcessResult suspects = TrainerProcess.Run(
            "suspects",
            "--model",
            "none.zip",
            "--data",
            data["data.csv"],
            "--out",
            data["leaks.csv"]
        );
        Assert.Contains("exists already: give --force", Assert.Single(suspects.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_encodings_are_read_or_named()
    {
        data.AddImages("p", 4, 0);
        string text = "path,label\np/0000.png,happy\np/0001.png,sad\np/0002.png,ärger\n";
        foreach (
            (Encoding encoding, int images) in new (Encoding, int)[]
            {
                (new UTF8Encoding(true), 3),
                (Encoding.Unicode, 3),
                (Encoding.BigEndianUnicode, 3),
                (Encoding.Latin1, 2),
            }
        )
        {
            data.Add("t.csv", [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
            SourceListing listing = DataSource.List(new DataOptions { Path = data["t.csv"] });
            Assert.Equal(images, listing.Images.Count);
            if (images < 3) Assert.Equal("the label is not UTF-8 text: save the table as UTF-8", Assert.Single(listing.Unusable).Reason);
        }
        data.Add("t.csv", Encoding.Unicode.GetBytes(text));
        Assert.Contains(
            "save",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data["t.csv"] })).Message,
            StringComparison.Ordinal
        );
        data.Add("fer.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("emotion,pixels\n0,1\n")]);
        Assert.Contains(
            "UTF-16: save it as UTF-8",
            Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data["fer.csv"] })).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("path,label\na.png,\"happy\nb.png,sad\n", ":2: a quote is opened and never closed")]
    [InlineData("path,label\na.png,happy\n\"b\".png,sad\n", ":3: text follows a closing quote")]
    [InlineData("path,label\n\"x\ny\",happy\nb\".png,sad\n", ":4: a quote inside a cell")]
    public void Wrong_quotes_are_named_by_their_line(string table, string message)
    {
        data.Add("t.csv", table);
        Assert.Contains(
            $"t.csv{message}",
            Assert.ThrowsAny<TrainingException>(() => PathCsvSource.List(data["t.csv"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Paths_are_taken_where_they_lead_and_one_with_a_NUL_nowhere()
    {
        using DataFolder elsewhere = new DataFolder().Add("e.png", DataFolder.Png(9));
        data.AddImages("p", 2, 0)
            .Add("sub/t.csv", $"path,label\n../p/0000.png,happy\n{elsewhere["e.png"]},sad\np\0.png,sad\n../absent.png,sad\n");
        SourceListing listing = DataSource.List(new DataOptions { Path = data["sub/t.csv"] });
        Assert.Equal(["../p/0000.png", elsewhere["e.png"].Replace('\\', '/')], listing.Images.Select(i => i.Name));
        Assert.Contains("2 images lie outside the folder of t.csv, where its paths say", listing.Notes);
        Assert.Equal(["no such file: a path can't hold a NUL", "no such file"], listing.Unusable.Select(u => u.Reason));
    }

    [Theory]
    [InlineData("happy,sad", "\"0,5\",1", "'0,5' has a decimal comma: write 0.5")]
    [InlineData("happy,sad", "-1,1", "'-1' in column happy is not a number of votes: write one from 0 to 1000000000")]
    [InlineData("happy,sad", "1e300,1", "is not a number of votes")]
    [InlineData("happy,sad", "many,1", "'many' is no number")]
    [InlineData("happy,sad,happiness", "1,1,1", "the columns happy and happiness are the same label")]
    [InlineData("happy,glad", "1,1", "there is no column for the label sad")]
    public void Votes_that_are_none_are_named(string columns, string row, string message)
    {
        data.Add("votes.csv", $"path,{columns}\na.png,{row}\n");
        Assert.Contains(
            message,
            Assert.ThrowsAny<TrainingException>(() => SoftLabels.Read(data["votes.csv"], Set("a.png", "b.png"), 1)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_line_of_a_hundred_megabytes_takes_no_such_memory()
    {
        foreach (
            (string header, string name) in new[]
            {
                ("path,label\n", "paths.csv"),
                ("emotion,pixels\n", "fer.csv"),
                ("path,label" + new string(',', 200), "wide.csv"),
            }
        )
        {
            using (FileStream file = File.Create(data[name]))
            {
                file.Write(Encoding.UTF8.GetBytes(header));
                file.SetLength(100 << 20);
            }
            long before = GC.GetAllocatedBytesForCurrentThread();
            TrainingException e = Assert.ThrowsAny<TrainingException>(() => DataSource.List(new DataOptions { Path = data[name] }));
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
        data.Add("commas.csv", "path,label\n" + new string(',', 1 << 20));
        Assert.Contains(
            ":2: more than 4096 columns",
            Assert.ThrowsAny<TrainingException>(() => PathCsvSource.List(data["commas.csv"])).Message,
            StringComparison.Ordinal
        );
        data.Add("commas.csv", "emotion,pixels" + new string(',', 1 << 23));
        Assert.Contains(
            ":1: more than 64 columns",
            Assert.ThrowsAny<TrainingException>(() => FerCsvSource.List(data["commas.csv"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Any_bytes_end_in_a_table_or_in_one_line()
    {
        data.AddImages("p", 2, 0);
        string[] seeds =
        [
            "path,label,split\np/0000.png,happy,train\n\"p/0001.png\",sad,val\n",
            "emotion,pixels,Usage\n0,1 2 3,Training\n6,255 0,PublicTest\n",
            "path,happy,sad,unknown\np/0000.png,3,2,1\n\"p/0001.png\",0.5,1e2,0\n",
            "Usage,Image name,neutral,happiness,sadness\nTraining,a.png,1,2,3\n",
            "happy\nsad\n\"x\"\n",
        ];
        ImageSet set = Set("p/0000.png", "p/0001.png");
        var random = new Random(18);
        int answered = 0;
        for (int n = 0; n < Inputs; n++)
        {
            byte[] bytes = Mutated(seeds, random);
            EmotionMLNet.Files.AtomicFile.Write(data["t.csv"], s => s.Write(bytes));
            foreach (
                Action read in new Action[]
                {
                    () => DataSource.List(new DataOptions { Path = data["t.csv"] }),
                    () => FerCsvSource.List(data["t.csv"]),
                    () => PathCsvSource.List(data["t.csv"]),
                    () => SoftLabels.Read(data["t.csv"], set, 0.5f),
                    () => AuxiliaryVotes.Read(data["t.csv"], set),
                    () => LabelList.ReadBeside(data["t.csv"]),
                    () => Match(data["t.csv"], set),
                }
            )
            {
                try
                {
                    read();
                }
                catch (TrainingException e)
                {
                    answered++;
                    Assert.IsType<TrainingException>(e);
                    Assert.Contains("t.csv", e.Message, StringComparison.Ordinal);
                }
            }
        }
        Assert.InRange(answered, 1, 7 * Inputs - 1); // some are read, some refused
    }

    [SharedDataFact("hostile.tar.gz")]
    public void The_table_that_broke_us_ends_in_a_table_of_unusable_rows_or_in_one_line()
    {
        using (
            var archive = new System.IO.Compression.GZipStream(
                File.OpenRead(Path.Combine(SharedData.Folder!, "hostile.tar.gz")),
                System.IO.Compression.CompressionMode.Decompress
            )
        )
            System.Formats.Tar.TarFile.ExtractToDirectory(archive, data.Root, overwriteFiles: true);
        string table = Directory.GetFiles(data.Root, "paths-nul.csv", SearchOption.AllDirectories).Single();
        ProcessResult result = TrainerProcess.Run("data", "--data", table);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.Contains("paths-nul.csv", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static void Match(string path, ImageSet set)
    {
        using var table = new ImageTable(path);
        Assert.All(table.Match(new ImageNameIndex(set.Sources)), i => Assert.InRange(i, 0, set.Count - 1));
    }

    private static byte[] Mutated(string[] seeds, Random random)
    {
        byte[] odd = [0, (byte)'"', (byte)',', (byte)'\n', (byte)'\r', 0xFF, 0xFE, 0xEF, (byte)'\'', (byte)';', (byte)'-', (byte)'9', 0xC3];
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)])];
        for (int m = random.Next(6); m > 0; m--)
        {
            int at = random.Next(bytes.Count);
            byte b = random.Next(3) == 0 ? (byte)random.Next(256) : odd[random.Next(odd.Length)];
            switch (random.Next(4))
            {
                case 0: bytes[at] = b; break;
                case 1: bytes.Insert(at, b); break;
                case 2: if (bytes.Count > 1) bytes.RemoveAt(at); break;
                default: bytes.InsertRange(at, bytes.GetRange(0, random.Next(bytes.Count))); break;
            }
        }
        return [.. bytes];
    }
}
