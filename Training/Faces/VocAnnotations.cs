using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace EmotionMLNet.Training.Faces;

/// <summary>
/// PASCAL VOC's form: an .xml file a picture with annotation/filename and annotation/object (name, difficult, bndbox). Difficult objects
/// count for nothing. Sides are counted from 1, and the last column and row belong to the box.
/// </summary>
internal static class VocAnnotations
{
    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    public static IReadOnlyList<AnnotatedPicture> Read(string folder, IReadOnlyList<string> files)
    {
        (string File, XElement Root)[] all = [.. files.Select(f => (f, Parse(f)))];
        HashSet<string> names = FaceAnnotations.ChooseNames(
            [.. all.SelectMany(a => a.Root.Elements("object")).Select(NameOf).Distinct()],
            folder
        );
        List<AnnotatedPicture> pictures = [];
        foreach ((string file, XElement root) in all)
        {
            string beside = Path.GetDirectoryName(file)!, above = Path.GetDirectoryName(beside) ?? beside;
            string name = Path.GetFileName((string?)root.Element("filename") ?? Path.GetFileNameWithoutExtension(file));
            string[] folders = [beside, Path.Combine(above, "JPEGImages"), Path.Combine(above, "images"), Path.Combine(beside, "images")];
            string picture =
                FaceAnnotations.FindPicture(name, folders)
                ?? throw new TrainingException($"{file}: its picture {name} is neither beside it nor in JPEGImages or images.");
            List<FaceBox> faces = [], ignored = [];
            foreach (XElement o in root.Elements("object").Where(o => names.Contains(NameOf(o))))
                ((string?)o.Element("difficult") == "1" ? ignored : faces).Add(ReadBox(file, o.Element("bndbox")));
            pictures.Add(new AnnotatedPicture(picture, faces, ignored));
        }
        return pictures;
    }

    private static string NameOf(XElement o) => (string?)o.Element("name") ?? "";

    private static XElement Parse(string file)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(FaceAnnotations.ReadText(file)), Safe);
            XElement root = XElement.Load(reader);
            return root.Name == "annotation"
                ? root
                : throw new TrainingException($"{file}: it begins with {root.Name}, not with annotation.");
        }
        catch (XmlException e)
        {
            throw new TrainingException($"{file}:{e.LineNumber}: it is no XML: {e.Message}");
        }
    }

    private static FaceBox ReadBox(string file, XElement? box)
    {
        float left = Side("xmin"), top = Side("ymin"), right = Side("xmax"), bottom = Side("ymax");
        if (right < left || bottom < top)
            throw new TrainingException($"{file}: a box ends before it begins: xmax and ymax are the larger ones.");
        return new FaceBox(left - 1, top - 1, right - left + 1, bottom - top + 1);

        float Side(string name) =>
            float.TryParse((string?)box?.Element(name), NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && float.IsFinite(value)
                ? value
                : throw new TrainingException($"{file}: a box has no {name}.");
    }
}
